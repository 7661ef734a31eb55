"""A report on a population in words, tables and pictures. Every number comes from the report; none is kept here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unclench.batch.calibration import Bin, OfCause
from unclench.batch.document import Heading, Part, Table, Text
from unclench.batch.drawing import intervals, rank_histogram, reliability
from unclench.batch.fairness import LEVEL, Amount, Rate
from unclench.batch.ranges import RANKS, Coverage
from unclench.batch.report import Fairness, Ranges, Report, Simulated
from unclench.batch.swaps import Swap
from unclench.knowledge import Knowledge
from unclench.reasoning.validation import Share, wilson

__all__ = ["report_parts"]

_LINES = ("age", "sex")
_MOST_REASONS = 8
_PROMISED = 0.95  # what a 95% range promises

_MEASURES = {
    "same_day": "same day",
    "self_care": "self-care",
    "lines": "things asked about",
    "unsure": 'answers of "not sure"',
    "interview not settled": "not settled at the end",
    "interview with a not sure": 'any answer of "not sure"',
}
_WHO = {
    "draw": "best there can be",
    "sum": "the pack",
    "worlds": "the pack; people of worlds whose numbers were drawn from the stated ranges",
    "alike": "the pack; people whose yes/no answers go together",
    "interview": "the pack, told only what the interview asked",
}
_WHOSE = {
    "first": "likeliest cause",
    "likely": "causes at 10% or more",
    "possible": "causes at 1% to 10%",
    "serious": "serious causes at 1% or more",
}
_TRUTH = {
    "sum": "the pack's sum, with the world's numbers",
    "draw": "Bayes' rule, by how people were drawn",
}


def report_parts(knowledge: Knowledge, report: Report) -> list[Part]:
    """Return the report to be read.

    Args:
        knowledge: the pack it was made with.
        report: what was found.
    """
    parts: list[Part] = [Heading(1, "How Unclench treats a population"), Text(_of_whom(report))]
    if report.fairness is not None:
        parts += _fairness(knowledge, report.fairness)
    if report.calibration is not None:
        parts += _calibration(knowledge, report.calibration)
    if report.ranges is not None:
        parts += _ranges(knowledge, report.ranges)
    return [*parts, Text(f"Pack {report.pack}. Version {report.version}.")]


def _of_whom(report: Report) -> str:
    one = report.settings
    if one.people is None:
        who = (
            f"{one.size:,} synthetic people, drawn from the pack with seed {one.seed}, who answer whatever they are "
            "asked. Nobody in it exists, and it is no picture of any country: every sex, setting and year of age is "
            "as frequent as `model.yaml` says."
        )
    else:
        who = f"Fairness: the people of {one.people}; what needs a known cause: {one.size:,} people drawn."
    return f"{who} Seed {one.seed}, {one.interviews} interviews, {one.worlds} worlds."


def _fairness(knowledge: Knowledge, found: Fairness) -> Iterator[Part]:
    yield Heading(2, "Fairness: who gets which advice")
    refused = f" {found.refused} could not be read and are left out." if found.refused else ""
    yield Text(
        f"{found.people:,} people, {found.interviews:,} of them interviewed: the real interview, answered from what is "
        f'known of them, what is not known being "not sure".{refused} In synthetic people, how often that is so is a '
        "setting of the draw. In brackets: 95% intervals (Wilson for shares, normal for means). `*`: differs from "
        f"everybody else along the same line by more than chance, {found.comparisons} comparisons together (Holm, "
        f"{LEVEL:.0%}). `?`: too few people to tell. A difference need not be unfair, since causes and rules depend on "
        "age; the swaps below ask that."
    )
    advice = [one for one in found.rates if not one.measure.startswith("interview")]
    asked = [one for one in found.rates if one.measure.startswith("interview")]
    for by in _LINES:
        some = [one for one in advice if one.by == by]
        yield _by_group(f"Advice by {by}", [(one.group, one.measure, _rate(one)) for one in some], by)
        cells = [(one.group, one.measure, _amount(one)) for one in found.amounts if one.by == by]
        cells += [(one.group, one.measure, _rate(one)) for one in asked if one.by == by]
        yield _by_group(f"The interview by {by}: means, and shares of interviews", cells, by)
        rows = [
            (one.group, one.mean, one.low, one.high, one.differs is True)
            for one in sorted(found.amounts, key=lambda one: _order(one.group))
            if one.by == by and one.measure == "questions"
        ]
        yield intervals(
            f"questions_by_{by}", f"Questions until the interview stops, by {by}", _said(rows), rows, "questions"
        )
    yield from _languages(found)
    yield from _swaps(knowledge, found.swaps)


def _said(rows: Sequence[tuple[str, float, float, float, bool]]) -> str:
    told = (
        f"{name} {mean:.1f} ({low:.1f} to {high:.1f}{', differs' if d else ''})" for name, mean, low, high, d in rows
    )
    return "Mean and 95% interval: " + "; ".join(told)


def _languages(found: Fairness) -> Iterator[Part]:
    yield Heading(3, "Language")
    if len(found.languages) == 1:
        (one,) = found.languages
        yield Text(
            f"The pack has wording in one language only ({one.id}), so languages cannot be compared. The advice does "
            f"not depend on the language; an interview has {one.words:.0f} words to read on average."
        )
        return
    rows = tuple(
        (one.id, f"{one.words:.0f}", f"{one.incomplete} of {one.interviews}" if one.incomplete else "none")
        for one in found.languages
    )
    yield Text("The same interviews in each language. Questions and advice do not depend on it; words to read do.")
    yield Table("Words to read", ("language", "words, mean", "interviews with a text missing"), rows)


def _swaps(knowledge: Knowledge, swaps: Sequence[Swap]) -> Iterator[Part]:
    yield Heading(3, "The same person with another sex or age")
    yield Text(
        "Each person once more, with only the sex or the age changed. An answer that cannot hold any more is taken "
        "away, and a question that can hold only now is answered no. Whatever changes then, changes by a rule."
    )
    rows = [
        (f"{one.by}: {one.to}", _share(one.changed), f"{one.more}", f"{one.less}", f"{one.left_out}") for one in swaps
    ]
    yield Table("Advice that changes", ("changed to", "changed", "more urgent", "less urgent", "left out"), tuple(rows))
    for by in _LINES:
        counts: dict[tuple[str, str, str], int] = {}
        for one in swaps:
            for reason, count in one.reasons if one.by == by else ():
                key = (reason.rule, reason.how, reason.question)
                counts[key] = counts.get(key, 0) + count
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        total = sum(counts.values())
        told = [(rule, _why(knowledge, how, question, by), f"{count}") for (rule, how, question), count in ordered]
        rest = sum(count for _, count in ordered[_MOST_REASONS:])
        shown = told[:_MOST_REASONS]
        if rest:
            shown.append((f"{len(told) - _MOST_REASONS} others", "", f"{rest}"))
        yield Table(f"What changed it when the {by} changed ({total} times)", ("rule", "why", "times"), tuple(shown))
    odd = sorted({reason.rule for one in swaps for reason, _ in one.reasons if reason.how == "not explained"})
    sexed = sorted({r.rule for one in swaps if one.by == "sex" for r, _ in one.reasons if r.how == "names"})
    if sexed:
        yield Text(
            f"To be looked at: {_joined(sexed)} ask for the sex itself, not for something that only some can have. "
            "Whether that is right is for their sources to say."
        )
    else:
        yield Text("No rule that changed anything asks for the sex itself.")
    if odd:
        yield Text(f"Not explained by anything these rules ask, so a fault to look into: {_joined(odd)}.")


def _why(knowledge: Knowledge, how: str, question: str, by: str) -> str:
    if how == "names":
        return "age threshold in the rule" if by == "age" else "the rule asks for the sex itself"
    if question:
        return f"asks something that cannot hold for everybody: {knowledge.words('findings', question, 'label')}"
    return "a rule that asks for it is open on one side" if how == "open" else "not explained"


def _calibration(knowledge: Knowledge, found: Sequence[Simulated]) -> Iterator[Part]:
    yield Heading(2, "Calibration: does 70% mean 70 in 100?")
    yield Text(
        "People drawn with a known cause. On people drawn from the model itself this checks the arithmetic and what "
        "the form of the sum costs, not medicine: nobody knows yet how real people would fare. Best there can be: "
        "Bayes' rule on the very chances the people were drawn with; where that is off, it is chance. People drawn "
        "answer everything that has a question, which nobody does; the lines with open answers, and above all the "
        "interview, are nearer to use."
    )
    yield Text(
        "Expected calibration error: people are put into ten bins of equal width by the probability of their "
        "likeliest cause; it is the mean over the bins, weighted by people, of how far the share that was right lies "
        "from the mean probability. Brier score: mean sum of squared differences over all causes, 0 best, 2 worst. "
        "Log score: mean of -log2 of the probability of the true cause, 0 best."
    )
    rows = []
    for one in found:
        c = one.calibration
        rows.append(
            (
                _WHO[one.who], "as asked" if one.open is None else f"{one.open:.0%}", f"{c.first.total:,}",
                f"{c.error:.3f}", f"{c.confidence:.1%}", _share(c.first), _share(c.in_three), f"{c.brier:.3f}",
                f"{c.bits:.2f}",
            )
        )  # fmt: skip
    head = (
        *("who says it", "answers open", "people", "expected calibration error", "likeliest cause: mean said"),
        *("right first", "right in three", "Brier score", "log score, bits"),
    )
    yield Table("How good the probabilities are", head, tuple(rows))
    yield from _verdict(found)
    plain = [one for one in found if one.open == 0 and one.who in ("draw", "sum", "worlds", "alike")]
    names = {"draw": "best there can be", "sum": "the pack", "worlds": "other worlds", "alike": "answers go together"}
    series = [(names[one.who], one.calibration.bins) for one in plain]
    told = "; ".join(f"{names[one.who]} {one.calibration.error:.3f}" for one in plain)
    yield reliability(
        "reliability", "Reliability of the likeliest cause, all answers given",
        f"Share right against probability said. Expected calibration error: {told}. The table has every point.", series,
    )  # fmt: skip
    yield _bin_table("The same as a table", series)
    for one in found:
        if one.who == "interview":
            c = one.calibration
            yield reliability(
                "reliability_interview", "Reliability of the likeliest cause after the interview",
                f"Share right against probability said, of {c.first.total} interviews. Expected calibration error "
                f"{c.error:.3f}. The table has every point.", [("after the interview", c.bins)],
            )  # fmt: skip
            yield _bin_table("After the interview, as a table", [("interview", c.bins)])
    yield from _serious(knowledge, found)


def _verdict(found: Sequence[Simulated]) -> Iterator[Part]:
    by_kind = {(one.who, one.open): one.calibration for one in found}
    best, pack = by_kind.get(("draw", 0.0)), by_kind.get(("sum", 0.0))
    if best is None or pack is None:
        return
    apart = pack.confidence - pack.first.value
    low, high = wilson(pack.first.count, pack.first.total)
    how = (
        "too sure of itself"
        if pack.confidence > high
        else "not sure enough"
        if pack.confidence < low
        else "as sure as it is right"
    )
    yield Text(
        f"With all answers given, the pack is {how}: it says {pack.confidence:.1%} and is right {pack.first.value:.1%} "
        f"of the time ({apart:+.1%}); the best there can be says {best.confidence:.1%} and is right "
        f"{best.first.value:.1%}. Always naming the commonest cause would be right {pack.commonest.value:.1%} of the "
        "time."
    )


def _bin_table(caption: str, series: Sequence[tuple[str, Sequence[Bin]]]) -> Table:
    rows = [
        (label, f"{one.low:.0%} to {one.high:.0%}", f"{one.said:.1%}", _share(one.right))
        for label, bins in series
        for one in bins
        if one.right.total
    ]
    return Table(caption, ("who says it", "bin", "mean said", "right"), tuple(rows))


def _serious(knowledge: Knowledge, found: Sequence[Simulated]) -> Iterator[Part]:
    yield Heading(3, "Serious causes")
    yield Text(
        "Expected: how many would have it if the probabilities were right. Hidden: of those who have it, how many are "
        "told of less than 1%. Urgency does not rest on these probabilities."
    )
    rows = []
    for one in found:
        share = "as asked" if one.open is None else f"{one.open:.0%}"
        rows.append((f"any serious cause; {_WHO[one.who]}", share, *_cause(one.serious)))
    pack = next((one for one in found if one.who == "sum"), None)
    for name, one_cause in pack.causes.items() if pack else ():
        rows.append((f"{knowledge.words('causes', name, 'name')}; the pack", "0%", *_cause(one_cause)))
    head = ("cause; who says it", "answers open", "expected", "had it", "mean said to those", "hidden")
    yield Table("Serious causes", head, tuple(rows))


def _cause(one: OfCause) -> tuple[str, ...]:
    hidden = f"{one.hidden.count} of {one.hidden.total}"
    return f"{one.expected:.0f}", f"{one.had.count}", f"{one.given:.1%}", hidden


def _ranges(knowledge: Knowledge, found: Sequence[Ranges]) -> Iterator[Part]:
    yield Heading(2, "Ranges: does the 95% range hold the truth 95 times in 100?")
    yield Text(
        "Every prior and ratio is drawn from the uncertainty that the pack states for it; that is one world. People "
        "are drawn from it, and the range the pack reports is held against what is true in that world "
        "(simulation-based calibration, after Talts and others 2018, arXiv:1804.06788; the answers of one person "
        "teach the pack nothing about its numbers, so nothing is learned from them). What is true is told in two "
        "ways: by the pack's own sum with the world's numbers, which checks the ranges alone; and by Bayes' rule on "
        "how people were drawn, which also counts what the form of the sum costs. In brackets: 95% intervals over "
        "worlds."
    )
    rows = []
    for one in found:
        for c in one.coverage:
            drawn = "once" if one.shared else "for each cause"
            rows.append(
                (
                    _WHOSE[c.whose], _TRUTH[c.truth], drawn, f"{one.open:.0%}",
                    f"{c.share:.1%} ({c.low:.1%} to {c.high:.1%})", f"{c.below:.1%}", f"{1 - c.share - c.below:.1%}",
                    f"{c.pairs:,}",
                )
            )  # fmt: skip
    head = (
        "whose range",
        "truth",
        "shared numbers drawn",
        "answers open",
        "holds it",
        "truth below",
        "above",
        "counted",
    )
    yield Table("How often the range holds the truth", head, tuple(rows))
    yield from _rank_pictures(found)
    yield from _judged(knowledge, [c for one in found for c in one.coverage if one.shared and one.open == 0])


def _rank_pictures(found: Sequence[Ranges]) -> Iterator[Part]:
    """Draw the ranks for the likeliest cause, with least and with most left open, and tell them in a table."""
    shared = [one for one in found if one.shared]
    ends = [shared[0], shared[-1]] if len(shared) > 1 else shared
    columns: list[tuple[str, list[str]]] = []
    for truth, name in _TRUTH.items():
        series = [
            (f"{one.open:.0%} of answers open", c.ranks)
            for one in ends
            for c in one.coverage
            if (c.truth, c.whose) == (truth, "first")
        ]
        yield rank_histogram(
            f"ranks_{truth}",
            f"Ranks of the truth in the range of the likeliest cause: {name}",
            "Level is right; high at an end means that the truth is often beyond that end. The table has every bar.",
            series,
        )
        columns += [(f"{name}, {label}", [f"{n / max(1, sum(r)):.1%}" for n in r]) for label, r in series]
    rows = tuple(
        (f"{at / RANKS:.0%} to {(at + 1) / RANKS:.0%}", *(cells[at] for _, cells in columns)) for at in range(RANKS)
    )
    yield Table("Ranks as a table", ("rank", *(head for head, _ in columns)), rows)


def _judged(knowledge: Knowledge, found: Sequence[Coverage]) -> Iterator[Part]:
    first = {c.truth: c for c in found if c.whose == "first"}
    if "sum" in first:
        c = first["sum"]
        yield Text(
            f"Ranges of the likeliest cause, with all answers given, are {_width(c)} for the pack's own sum. The range "
            "comes from a straight-line approximation (the delta method) around the pack's numbers: it leaves out "
            "that the others' weights have a mean above their median, which pulls the likeliest cause down, and that "
            "in another world another of several correlated answers may be the strongest, and count."
        )
    if "draw" in first:
        terms = [term for cause in knowledge.causes.values() for term in cause.terms]
        silent = sum(term.absent is None for term in terms)
        c = first["draw"]
        yield Text(
            f"Against how people were really drawn they are {_width(c)}: a range tells how uncertain the numbers are, "
            f"not what the form of the sum costs. {silent:,} of {len(terms):,} ratios say nothing when the answer is "
            "no, while in the people drawn a no tells something; and of correlated answers only the strongest counts, "
            "while those drawn are independent."
        )


def _width(c: Coverage) -> str:
    held = f"{c.share:.1%} held, {c.low:.1%} to {c.high:.1%}"
    if c.high < _PROMISED:
        return f"too narrow ({held})"
    return f"wider than they need be ({held})" if c.low > _PROMISED else f"as wide as they say ({held})"


def _by_group(caption: str, cells: Sequence[tuple[str, str, str]], by: str) -> Table:
    groups = sorted({group for group, _, _ in cells}, key=_order)
    measures = list(dict.fromkeys(measure for _, measure, _ in cells))
    found = {(group, measure): text for group, measure, text in cells}
    rows = tuple(
        (_MEASURES.get(measure, measure), *(found.get((group, measure), "") for group in groups))
        for measure in measures
    )
    return Table(caption, (by, *groups), rows)


def _order(group: str) -> tuple[int, str]:
    first = group.partition("-")[0]
    return (int(first), "") if first.isdigit() else (1000, group)


def _rate(one: Rate) -> str:
    low, high = one.interval
    return f"{one.share.value:.1%} ({low:.1%} to {high:.1%}){_mark(one.differs)}"


def _amount(one: Amount) -> str:
    return f"{one.mean:.1f} ({one.low:.1f} to {one.high:.1f}){_mark(one.differs)}"


def _mark(differs: bool | None) -> str:
    return " ?" if differs is None else " *" if differs else ""


def _share(share: Share) -> str:
    low, high = wilson(share.count, share.total)
    return f"{share.value:.1%} ({low:.1%} to {high:.1%})"


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names)
