"""Expression text becomes typed nodes; whatever is not allowed is refused with the place, the reason and the mend."""

from __future__ import annotations

import pytest

from strategies import WORDS
from unclench.errors import ExpressionError
from unclench.logic import (
    AllOf,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    FindingType,
    Negation,
    Node,
    OneOf,
    Present,
    Unsure,
    Vocabulary,
    parse,
)
from unclench.logic.grammar import names

FEVER, NUMB = Present("fever"), Present("numbness")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("fever", FEVER),
        ("child", Defined("child")),
        ("not fever", Negation(FEVER)),
        ("not not fever", Negation(Negation(FEVER))),
        ("fever and numbness", AllOf((FEVER, NUMB))),
        ("fever and numbness and child", AllOf((FEVER, NUMB, Defined("child")))),
        ("fever or numbness", AnyOf((FEVER, NUMB))),
        ("fever or numbness and child", AnyOf((FEVER, AllOf((NUMB, Defined("child")))))),
        ("(fever or numbness) and child", AllOf((AnyOf((FEVER, NUMB)), Defined("child")))),
        ("not fever and numbness", AllOf((Negation(FEVER), NUMB))),
        ("not (fever and numbness)", Negation(AllOf((FEVER, NUMB)))),
        ("unsure(fever)", Unsure("fever")),
        ("unsure(age)", Unsure("age")),
        ("at_least(1, fever)", AtLeast(1, (FEVER,))),
        ("at_least(2, fever, age > 3, child)", AtLeast(2, (FEVER, Compare("age", ">", 3), Defined("child")))),
        ('trigger == "fall"', OneOf("trigger", ("fall",))),
        ('trigger != "fall"', Negation(OneOf("trigger", ("fall",)))),
        ('trigger in ("fall", "lift")', OneOf("trigger", ("fall", "lift"))),
        ('trigger in ["fall", "lift"]', OneOf("trigger", ("fall", "lift"))),
        ('trigger not in ("fall", "lift")', Negation(OneOf("trigger", ("fall", "lift")))),
        ('"neck" in site', AnyRegion("site", ("neck",))),
        ('"neck" not in site', Negation(AnyRegion("site", ("neck",)))),
        ('any_in(site, "neck", "loin")', AnyRegion("site", ("neck", "loin"))),
    ],
)
def test_each_form_of_text_has_its_node(text: str, node: Node) -> None:
    assert parse(text, WORDS) == node


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "=="])
def test_each_order_compares_a_number_with_a_constant(operator: str) -> None:
    assert parse(f"age {operator} 3", WORDS) == Compare("age", operator, 3)


@pytest.mark.parametrize(("written", "meant"), [("<", ">"), ("<=", ">="), (">", "<"), (">=", "<="), ("==", "==")])
def test_a_constant_on_the_left_mirrors_the_order(written: str, meant: str) -> None:
    assert parse(f"3 {written} age", WORDS) == Compare("age", meant, 3)


def test_a_chained_comparison_is_a_conjunction_of_its_links() -> None:
    assert parse("1 <= age < 5", WORDS) == AllOf((Compare("age", ">=", 1), Compare("age", "<", 5)))


def test_a_decimal_constant_keeps_its_value() -> None:
    assert parse("severity > 2.5", WORDS) == Compare("severity", ">", 2.5)


@pytest.mark.parametrize("value", [0, 6])
def test_both_ends_of_the_range_may_be_compared_with(value: int) -> None:
    assert parse(f"age == {value}", WORDS) == Compare("age", "==", value)


def test_a_threshold_stands_for_its_number() -> None:
    assert parse("age >= grown_up", WORDS) == Compare("age", ">=", 3)


def test_thresholds_may_stand_at_both_ends_of_a_chain() -> None:
    chain = AllOf((Compare("age", ">=", 2), Compare("age", "<", 3)))
    assert parse("severe <= age < grown_up", WORDS) == chain


def test_line_breaks_and_repeated_spaces_mean_nothing() -> None:
    assert parse("  fever\n   and\t numbness \n", WORDS) == AllOf((FEVER, NUMB))


ALLOWED = "use only names, and, or, not, comparisons, at_least, any_in and unsure."
CALLS = (
    '(...)" is not allowed like this. There are at_least(n, a, b, ...) with n up to the number of arguments, '
    "any_in(regions_finding, ...) and unsure(finding)."
)
CUT = "holds a #, which would cut off all that follows. Take it out."
GRAMMAR = "Use and, or, not, comparisons, at_least(n, ...)."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # not an expression at all
        ("", f'"" is not a well-formed expression. {GRAMMAR}'),
        ("fever and or", f'"fever and or" is not a well-formed expression at character 11. {GRAMMAR}'),
        ("fever numbness", f'"fever numbness" is not a well-formed expression at character 7. {GRAMMAR}'),
        ("fever # and numbness", f'"fever # and numbness" {CUT}'),
        ("fever # never mind\nand numbness", f'"fever # never mind and numbness" {CUT}'),
        ("fever\nand or", f'"fever and or" is not a well-formed expression at character 11. {GRAMMAR}'),
        ("fever \x07 numbness", f'"fever \\x07 numbness" is not a well-formed expression at character 7. {GRAMMAR}'),
        ("age = 3", f'"age = 3" is not a well-formed expression at character 5. {GRAMMAR}'),
        # names
        ("fevr", '"fevr" is not a known finding or predicate. Did you mean "fever"?'),
        ("unwel", '"unwel" is not a known finding or predicate. Did you mean "unwell"?'),
        ("zzzz", '"zzzz" is not a known finding or predicate.'),
        ("6 <= agge", '"agge" is not a known finding or predicate. Did you mean "age"?'),
        ("grown_up <= agge", '"agge" is not a known finding or predicate. Did you mean "age"?'),
        ("3 <= child", '"child" is a predicate, so it stands alone, without a comparison or a call.'),
        ("agge > 3", '"agge" is not a known finding or predicate. Did you mean "age"?'),
        ("unsure(fevr)", '"fevr" is not a known finding or predicate. Did you mean "fever"?'),
        ('triger == "fall"', '"triger" is not a known finding or predicate. Did you mean "trigger"?'),
        ('"neck" in sites', '"sites" is not a known finding or predicate. Did you mean "site"?'),
        ("age >= grownup", '"grownup" is not a number nor a threshold of this record. Did you mean "grown_up"?'),
        ("age >= severity", '"severity" is not a number nor a threshold of this record. Did you mean "severe"?'),
        ("age >= night_pain", '"night_pain" is not a number nor a threshold of this record.'),
        # types
        ("age", '"age" is a number finding, so it cannot stand alone: compare it with a value.'),
        ("trigger", '"trigger" is a choice finding, so it cannot stand alone: compare it with a value.'),
        ("not site", '"site" is a regions finding, so it cannot stand alone: compare it with a value.'),
        ("fever > 3", '"fever" is a boolean finding and cannot be compared with a number.'),
        ("3 < trigger", '"trigger" is a choice finding and cannot be compared with a number.'),
        ('age == "old"', '"age" is a number finding and has no choices to compare with.'),
        ('fever in ("fall", "lift")', '"fever" is a boolean finding and has no choices to compare with.'),
        ('"neck" in trigger', '"trigger" is a choice finding and has no body regions.'),
        ('any_in(fever, "neck")', '"fever" is a boolean finding and has no body regions.'),
        # values
        ('trigger == "fal"', '"fal" is not a value of "trigger". Did you mean "fall"?'),
        ('trigger in ("fall", "zzz")', '"zzz" is not a value of "trigger".'),
        ('"nek" in site', '"nek" is not a value of "site". Did you mean "neck"?'),
        ('any_in(site, "neck", "lion")', '"lion" is not a value of "site". Did you mean "loin"?'),
        (
            "age >= 7",
            '"age" lies between 0 and 6, so "age >= 7" is always true or always false. '
            "Mend the number or the finding's range.",
        ),
        (
            "0 < severity < 4.5",
            '"severity" lies between 0 and 4, so "severity < 4.5" is always true or always false. '
            "Mend the number or the finding's range.",
        ),
        ('trigger in ("fall\\nx",)', '"fall\\nx" is not a value of "trigger". Did you mean "fall"?'),
        ("trigger in ()", '"()" is not allowed in an expression: name at least one value.'),
        ("trigger not in []", '"[]" is not allowed in an expression: name at least one value.'),
        ("age >= True", '"True" is not allowed in an expression: a number is needed here.'),
        (
            'age >= "three"',
            "\"'three'\" is not allowed in an expression: a number or a named threshold is needed here.",
        ),
        ("age >= 1 + 1", '"1 + 1" is not allowed in an expression: a number or a named threshold is needed here.'),
        ("age in (1, 2)", '"1" is not allowed in an expression: a quoted value is needed here.'),
        ("trigger in (fever,)", '"fever" is not allowed in an expression: a quoted value is needed here.'),
        ("any_in(site, neck)", '"neck" is not allowed in an expression: a quoted value is needed here.'),
        # comparisons of another shape
        ("age != 5", '"age != 5" is not allowed of a number: write "not age == 5", or use < or >.'),
        ("5 != age", '"5 != age" is not allowed of a number: write "not 5 == age", or use < or >.'),
        ('trigger in "fall"', '"trigger" is not allowed in an expression: this comparison does not fit the finding.'),
        ("fever is numbness", '"fever" is not allowed in an expression: this comparison does not fit the finding.'),
        ("1 < 2", '"1" is not allowed in an expression: compare one finding with one constant.'),
        ("grown_up > 2", '"grown_up" is not allowed in an expression: compare one finding with one constant.'),
        ("age + 1 > 2", '"age + 1" is not allowed in an expression: compare one finding with one constant.'),
        # calls
        ("at_least(0, fever)", f'"at_least{CALLS}'),
        ("at_least(True, fever)", f'"at_least{CALLS}'),
        ("at_least(3, fever, numbness)", f'"at_least{CALLS}'),
        ("at_least(1)", f'"at_least{CALLS}'),
        ("at_least(fever, numbness)", f'"at_least{CALLS}'),
        ("at_least(1.0, fever)", f'"at_least{CALLS}'),
        ("any_in(site)", f'"any_in{CALLS}'),
        ("unsure()", f'"unsure{CALLS}'),
        ("unsure(fever, numbness)", f'"unsure{CALLS}'),
        ("unsure(not fever)", f'"unsure{CALLS}'),
        ("print(fever)", f'"print{CALLS}'),
        # the rest of Python
        ("True", f'"True" is not allowed in an expression: {ALLOWED}'),
        ("'fever'", f"\"'fever'\" is not allowed in an expression: {ALLOWED}"),
        ("fever if child else numbness", f'"fever if child else numbness" is not allowed in an expression: {ALLOWED}'),
        ("fever & numbness", f'"fever & numbness" is not allowed in an expression: {ALLOWED}'),
        ("fever.real", f'"fever.real" is not allowed in an expression: {ALLOWED}'),
        ("(fever, numbness)", f'"(fever, numbness)" is not allowed in an expression: {ALLOWED}'),
        ("lambda: fever", f'"lambda: fever" is not allowed in an expression: {ALLOWED}'),
        ("fever().real()", f'"fever().real()" is not allowed in an expression: {ALLOWED}'),
        ("(fever := numbness)", f'"(fever := numbness)" is not allowed in an expression: {ALLOWED}'),
        ("at_least(1, *[fever])", f'"*[fever]" is not allowed in an expression: {ALLOWED}'),
        ("unsure(finding=fever)", f'"unsure(finding=fever)" is not allowed in an expression: {ALLOWED}'),
        ("-age > 1", '"-age" is not allowed in an expression: compare one finding with one constant.'),
    ],
)
def test_what_is_not_allowed_is_refused_with_reason_and_mend(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse(text, WORDS)
    assert str(refusal.value) == message


def test_a_long_text_is_quoted_only_in_part() -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse("fever and " * 50, WORDS)
    assert str(refusal.value) == f'"{("fever and " * 50)[:80]}" is not a well-formed expression. {GRAMMAR}'


def test_brackets_nested_too_deep_are_refused_like_any_other_text() -> None:
    with pytest.raises(ExpressionError, match="is not a well-formed expression"):
        parse("(" * 1000 + "fever" + ")" * 1000, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 400 + "fever",
        "fever" + " + fever" * 900,
        "(" * 90 + "fever" + " and fever)" * 90,
    ],
    ids=["not", "sum", "brackets"],
)
def test_an_expression_too_deep_for_the_readings_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"is nested too deep\. Name its parts as predicates\.$"):
        parse(text, WORDS)


def test_a_wide_expression_is_not_too_deep() -> None:
    assert parse(" or ".join(["fever"] * 400), WORDS) == AnyOf((FEVER,) * 400)


MEASURED = Vocabulary(
    {"t": FindingType("number", (), -5, 5), "grade": FindingType("number", (), 0, 5, integer=True)},
    thresholds={"freezing": -1.5},
)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("t >= -1", Compare("t", ">=", -1)),
        ("-2.5 < t", Compare("t", ">", -2.5)),
        ("t < freezing", Compare("t", "<", -1.5)),
    ],
)
def test_a_constant_may_be_negative(text: str, node: Node) -> None:
    assert parse(text, MEASURED) == node


@pytest.mark.parametrize("text", ["t >= -freezing", "t >= --1", "t >= -True"])
def test_only_a_plain_number_takes_a_minus(text: str) -> None:
    with pytest.raises(ExpressionError, match="is not allowed in an expression"):
        parse(text, MEASURED)


@pytest.mark.parametrize(
    "test",
    ["t >= -5", "t < -5", "t <= 5", "t > 5", "t == 5.5", "t == -6", "grade >= 0", "grade <= 5"],
)
def test_a_comparison_that_the_range_decides_is_refused(test: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse(test, MEASURED)
    assert f'so "{test}" is always true or always false.' in str(refusal.value)


def test_a_whole_number_never_equals_a_fraction() -> None:
    with pytest.raises(ExpressionError, match=r'^"grade" is a whole number between 0 and 5, so "grade == 2\.5" is'):
        parse("grade == 2.5", MEASURED)
    assert parse("t == 2.5", MEASURED) == Compare("t", "==", 2.5)


@pytest.mark.parametrize("test", ["t > -5", "t <= -5", "t >= 5", "t < 5", "t == 5", "grade > 0", "grade < 0.5"])
def test_a_comparison_at_the_end_of_the_range_that_can_go_either_way_is_kept(test: str) -> None:
    assert isinstance(parse(test, MEASURED), Compare)


def test_names_are_those_of_the_expression_and_not_parts_or_quoted_words() -> None:
    assert names('old_age > limit and trigger == "fall"') == {"old_age", "limit", "trigger"}
