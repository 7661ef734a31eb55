"""The body map: two drawings whose parts are the labels of real checkboxes, so it needs no script and no picture.

Each region has one checkbox, in the list of the view where it is seen best. Its label holds the words and a shape that
lies over the drawing, so a tap on the picture is a tap on the label. Shapes of regions whose checkbox is in the other
view ("echoes") are further labels of that checkbox, hidden from screen readers, which have met it already.

Positions are geometry of the SVG and rules of `static/web/bodymap.css`; there is no inline style.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from unclench.knowledge import Knowledge
from unclench.web.bodyshapes import HEIGHT, OUTLINE, VIEWS, WIDTH, View

__all__ = ["body_map"]

FINDING = "pain_site"
_FRAME = f"{-WIDTH // 2} 0 {WIDTH} {HEIGHT}"


def body_map(
    knowledge: Knowledge, *, name: str = FINDING, chosen: Collection[str] = (), locale: str = "en"
) -> SafeString:
    """Return the body map as HTML: a group "Back" and a group "Front" of checkboxes.

    Args:
        knowledge: the pack whose regions are shown.
        name: name of the form field; ids begin with it too.
        chosen: regions that are checked.
        locale: language of the regions' words; the few words of the interface follow Django's active language.
    """
    words = {
        region: knowledge.choice_words(FINDING, region, locale=locale) for region in knowledge.findings[FINDING].choices
    }
    drawn = {region for view in VIEWS for region in view.places}
    return format_html(
        '<div class="bodymap">{}'
        '<div class="bodymap-switch"><input type="checkbox" id="{name}-names" autocomplete="off">'
        '<label for="{name}-names">{}</label></div>{}{}</div>',
        _patterns(name),
        gettext("Show the names of all places"),
        format_html_join("", "{}", ((_view(view, name, words, chosen),) for view in VIEWS)),
        _undrawn([region for region in words if region not in drawn], name, words, chosen),
        name=name,
    )


def _patterns(name: str) -> SafeString:
    """Return what the drawings refer to: the outline that cuts regions to shape, and the hatching of chosen ones."""
    return format_html(
        '<svg class="bodymap-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        '<clipPath id="{name}-outline"><path d="{}"/></clipPath>'
        '<pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="bodymap-hatch" d="M0,0 L0,6"/></pattern></defs></svg>',
        OUTLINE,
        name=name,
    )


def _view(view: View, name: str, words: Mapping[str, str], chosen: Collection[str]) -> SafeString:
    back = view.id == "back"
    sides = (gettext("Your left"), gettext("Your right"))
    return format_html(
        '<fieldset class="bodymap-view"><legend>{}</legend><div class="bodymap-sheet">'
        '<div class="bodymap-figure" aria-hidden="true">{}{}'
        '<span class="bodymap-side bodymap-side-l">{}</span><span class="bodymap-side bodymap-side-r">{}</span></div>'
        '<ul class="bodymap-places">{}</ul></div></fieldset>',
        gettext("Back") if back else gettext("Front"),
        _drawing(view),
        format_html_join("", "{}", ((_echo(region, path, name),) for region, path in view.echoes.items())),
        *(sides if back else reversed(sides)),
        format_html_join(
            "",
            "{}",
            (
                (_place(region, words[region], _shape(path, name), name, region in chosen),)
                for region, path in view.places.items()
                if region in words
            ),
        ),
    )


def _drawing(view: View) -> SafeString:
    return format_html(
        '<svg class="bodymap-drawing" viewBox="{}" width="188" height="462" focusable="false">'
        '<path class="bodymap-body" d="{}"/><path class="bodymap-hair" d="{}"/>{}</svg>',
        _FRAME,
        OUTLINE,
        view.hair,
        format_html_join("", '<path class="bodymap-line" d="{}"/>', ((line,) for line in view.lines)),
    )


def _place(region: str, text: str, shape: SafeString, name: str, checked: bool) -> SafeString:
    return format_html(
        '<li><input type="checkbox" id="{name}-{region}" name="{name}" value="{region}"{}>'
        '<label for="{name}-{region}"><span>{}</span>{}</label></li>',
        mark_safe(" checked") if checked else "",
        text,
        shape,
        name=name,
        region=region,
    )


def _echo(region: str, path: str, name: str) -> SafeString:
    return format_html(
        '<label class="bodymap-echo bodymap-echo-{region}" for="{name}-{region}" aria-hidden="true">{}</label>',
        _shape(path, name),
        name=name,
        region=region,
    )


def _shape(path: str, name: str) -> SafeString:
    """Return a drawing of one region only, to lie exactly over the figure."""
    return format_html(
        '<svg class="bodymap-shape" viewBox="{}" width="188" height="462" aria-hidden="true" focusable="false">'
        '<g clip-path="url(#{name}-outline)"><path class="bodymap-region" d="{path}"/>'
        '<path class="bodymap-mark" fill="url(#{name}-hatch)" d="{path}"/></g></svg>',
        _FRAME,
        name=name,
        path=path,
    )


def _undrawn(regions: Iterable[str], name: str, words: Mapping[str, str], chosen: Collection[str]) -> SafeString:
    """Return regions of a newer pack that this drawing does not know yet: named, if not drawn."""
    places = [(_place(region, words[region], SafeString(), name, region in chosen),) for region in regions]
    if not places:
        return SafeString()
    return format_html('<ul class="bodymap-undrawn">{}</ul>', format_html_join("", "{}", places))
