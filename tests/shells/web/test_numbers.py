"""/numbers/ and /sources/: every number with its range, basis, source and review; downloads that say the same."""

from __future__ import annotations

import csv
import io
import itertools
import re

import pytest
from django.test import Client

from shells.web.fetched import kept, kept_html
from unclench.reasoning.number_table import KINDS, all_numbers, selected
from unclench.web.pack import knowledge

MOST_BYTES = 60_000


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_the_table_tells_range_basis_source_and_review(client: Client) -> None:
    html = text(client, "/numbers/?source=suri_2010")
    assert "<b>3.7</b>" in html
    assert "2.9 to 4.8" in html
    assert 'href="/sources/suri_2010/"' in html
    assert 'href="/learn/causes/lumbar_spinal_stenosis/"' in html
    assert "nobody yet" in html


def test_the_table_tells_what_a_number_was_compared_with(client: Client) -> None:
    row = text(client, "/numbers/?kind=effect&record=opioids").partition("<b>2.78</b>")[2].partition("</tr>")[0]
    assert "against 2.25 in whom it is compared with" in row


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_every_page_is_light_and_pages_hold_all(client: Client, kind: str) -> None:
    html = text(client, f"/numbers/?kind={kind}")
    last = int(re.search(r"Page 1 of (\d+)", html)[1])  # type: ignore[index]
    expected = len(selected(all_numbers(knowledge()), kind=kind))
    seen = 0
    for page in range(1, last + 1) if kind else (1, 2, last):
        html = text(client, f"/numbers/?kind={kind}&page={page}")
        assert len(html.encode()) <= MOST_BYTES
        seen += html.count('scope="row"')
    if kind:
        assert seen == expected


def test_odd_filters_and_pages_are_left_out(client: Client) -> None:
    plain = text(client, "/numbers/")
    for query in ("?kind=nonsense", "?page=0", "?page=-3", "?page=x", "?source=nobody", "?record=%00"):
        assert text(client, f"/numbers/{query}").count('scope="row"') == plain.count('scope="row"')
    assert "Page 84 of 84" in text(client, "/numbers/?page=99999") or 'rel="next"' not in text(
        client, "/numbers/?page=99999"
    )


def test_paging_keeps_the_filters(client: Client) -> None:
    html = text(client, "/numbers/?kind=dose&page=2")
    assert 'href="/numbers/?kind=dose&amp;page=3" rel="next"' in html
    assert 'href="/numbers/?kind=dose" rel="prev"' in html
    assert 'href="/numbers/" rel="prev"' in text(client, "/numbers/?page=2")


def test_downloads_have_what_the_page_has(client: Client) -> None:
    numbers = selected(all_numbers(knowledge()), kind="effect")
    made = client.get("/numbers.csv?kind=effect")
    assert made["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in made["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(made.content.decode(), newline="")))
    assert [line["id"] for line in lines] == [one.id for one in numbers]
    data = client.get("/numbers.json?kind=effect").json()
    assert [one["id"] for one in data["numbers"]] == [one.id for one in numbers]
    assert data["pack"] == knowledge().hash


def test_every_source_has_its_page(client: Client) -> None:
    html = text(client, "/sources/")
    listed = set(re.findall(r'href="/sources/([^"/]+)/"', html))
    assert listed == set(knowledge().sources)
    for name in sorted(listed):
        page = text(client, f"/sources/{name}/")
        known = knowledge().sources[name]
        if known.get("doi"):
            assert f'href="https://doi.org/{known["doi"]}"' in page
        if known.get("pmid"):
            assert f'href="https://pubmed.ncbi.nlm.nih.gov/{known["pmid"]}/"' in page
        assert len(page.encode()) <= 90_000


def test_a_source_tells_what_rests_on_it(client: Client) -> None:
    html = text(client, "/sources/suri_2010/")
    assert 'href="/learn/causes/lumbar_spinal_stenosis/"' in html
    assert "<b>3.7</b>" in html
    assert client.get("/sources/nobody/").status_code == 404


def test_links_of_sources_and_numbers_lead_somewhere(client: Client) -> None:
    seen: set[str] = set()
    for path in (
        "/numbers/",
        "/numbers/?kind=effect",
        "/numbers/?kind=threshold",
        "/sources/lin_2024/",
        "/sources/nice_ng59/",
    ):
        seen |= set(re.findall(r'href="(/[^"#?]*)"', text(client, path)))
    for link in sorted(seen - {"/static/"}):
        if not link.startswith("/static/"):
            assert (kept(link) if link.startswith("/learn/") else client.get(link, follow=True)).status_code == 200, (
                link
            )


RATIO = re.compile(
    r"([\d.e-]+) \(([\d.e-]+) to ([\d.e-]+)\)(?:; the calculation takes ([\d.e-]+) \(([\d.e-]+) to ([\d.e-]+)\))?"
)


def cells(html: str) -> list[str]:
    return [
        re.sub(r"<span class=\"label\">[^<]*</span>|<[^>]*>", "", one) for one in re.findall(r"<td[^>]*>.*?</td>", html)
    ]


@pytest.mark.parametrize("kind", ["causes", "contributors", "events"])
def test_a_page_for_clinicians_shows_what_the_table_holds(client: Client, kind: str) -> None:
    lines = list(csv.DictReader(io.StringIO(client.get("/numbers.csv").content.decode(), newline="")))
    for record in knowledge().data[kind]:
        name = record["id"]
        found = cells(kept_html(f"/learn/{kind}/{name}/?view=clinician"))
        held = set()
        for line in lines:
            own = line["kind"] == "likelihood_ratio" and (
                line["record"] == name or line["record_kind"] in ("", "red_flags")
            )
            if own:
                plain = tuple(f"{float(line[part]):.3g}" for part in ("value", "low", "high"))
                counted = tuple(f"{float(line[part]):.3g}" for part in ("counted", "counted_low", "counted_high"))
                held.add(plain + (counted if counted[0] != plain[0] else ("", "", "")))
        shown = [tuple(part or "" for part in told.groups()) for cell in found if (told := RATIO.fullmatch(cell))]
        assert len(shown) == sum(term[holds] is not None for term in record["terms"] for holds in ("present", "absent"))
        assert set(shown) <= held, name


def test_priors_on_a_page_are_those_of_the_table(client: Client) -> None:
    for name in ("cauda_equina_syndrome", "nonspecific_back_pain", "lumbar_spinal_stenosis"):
        html = text(client, f"/numbers/?kind=prior&record={name}")
        told = set()
        for row in re.findall(r"<tr role=\"row\"><th scope=\"row\".*?</tr>", html, re.DOTALL):
            value, span, *_rest = cells(row)
            told.add(f"{value.strip()} ({span.removesuffix('assumed by our calculation').strip()})")
        page = [
            cell
            for cell in cells(text(client, f"/learn/causes/{name}/?view=clinician"))
            if " in 1" in cell or "1 in " in cell
        ]
        assert len(page) == len(knowledge().strata)
        assert set(page) == told
    assert (
        "&lt;0.1%"
        not in text(client, "/learn/causes/cauda_equina_syndrome/?view=clinician").partition("Rule it out")[0]
    )


def test_the_table_of_ratios_says_how_rows_combine_and_puts_patterns_last(client: Client) -> None:
    html = text(client, "/learn/causes/cauda_equina_syndrome/?view=clinician")
    assert "Of one group, only the strongest row counts." in html
    table = html.partition("Likelihood ratios with their ranges")[2].partition("</table>")[0]
    groups = [cells(row)[3] for row in re.findall(r"<tr role=\"row\"><th scope=\"row\".*?</tr>", table, re.DOTALL)]
    first = groups.index("pattern")
    assert set(groups[first:]) == {"pattern"}
    named = [one for one in groups[:first] if one != "–"]
    assert len(list(itertools.groupby(named))) == len(set(named)) > 1, "the rows of a group stand together"


def test_a_grade_a_spread_and_what_nobody_counted_are_told(client: Client) -> None:
    html = text(client, "/numbers/?kind=likelihood_ratio")
    assert ">Grade</th>" in html
    assert "assumed by our calculation" in html
    html = text(client, "/numbers/?basis=unknown")
    count = len(selected(all_numbers(knowledge()), basis="unknown"))
    assert f"{count} of all the rows stand for something that no source of ours counted." in html
    assert html.count("Not known: no figure in the sources</") >= 40
