"""The product obeys the table of evidence on medicines, row by row, and refuses nobody it has no reason to refuse.

What a row says is read here from its own words, not from the records: each row that forbids (`avoid`) or limits
(`max_dose`) has people and packs for whom it must count, and a twin whom nothing speaks against. A row that is new or
reworded fails until somebody has read it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from packs import copied
from people import with_nothing_else
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning import Case
from unclench.reasoning.medicine_advice import MedicineAdvice
from unclench.reasoning.medicines import check_medicine
from unclench.reasoning.taken import read_taken

TABLE = Path(__file__).resolve().parents[1] / "evidence" / "medicines.csv"
ROWS = dict(enumerate(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()), 1))
FORBIDS = [number for number, row in ROWS.items() if row["rule"] == "avoid"]
LIMITS = [number for number, row in ROWS.items() if row["rule"] == "max_dose"]
SEVERITY = ("may_take", "ask_first", "cannot_check", "avoid")

PRODUCTS: dict[str, tuple[str, ...]] = {
    "paracetamol (acetaminophen)": ("paracetamol",),
    "ibuprofen (oral)": ("ibuprofen",),
    "naproxen (oral)": ("naproxen",),
    "aspirin (analgesic dose)": ("aspirin",),
    "diclofenac (oral)": ("diclofenac",),
    "diclofenac (topical)": ("diclofenac_gel",),
    "ibuprofen (topical)": ("ibuprofen_gel",),
    "ketoprofen (topical)": ("ketoprofen_gel",),
    "topical NSAID (class)": ("diclofenac_gel", "ibuprofen_gel", "ketoprofen_gel"),
    "oral NSAID (class)": ("ibuprofen", "naproxen", "aspirin", "diclofenac"),
    "capsaicin (topical OTC)": ("capsaicin_cream",),
    "menthol/methyl salicylate (topical)": ("menthol_salicylate_rub",),
    "skeletal muscle relaxant (class)": (
        *("cyclobenzaprine", "methocarbamol", "tizanidine", "baclofen", "diazepam"),
        *("orphenadrine", "chlorzoxazone"),
    ),
    "opioid (class)": ("codeine", "co_codamol", "tramadol", "oxycodone"),
    "gabapentinoid": ("gabapentin", "pregabalin"),
    "magnesium (oral supplement)": ("magnesium",),
    "oral corticosteroid": ("prednisolone",),
}
"""What the first column of the table names, as medicines held here; a medicine that is not listed has its own name."""

# For these there is no plain yes. Quinine is never more than "ask first"; carisoprodol is for nobody (row 116), and
# then another of its class is what must still be open to the twin.
BEST = {"quinine": "ask_first"}
INSTEAD = {"carisoprodol": "methocarbamol"}


class Person(NamedTuple):
    """Answers beside those of somebody well of forty, and what they took."""

    answers: Mapping[str, Any] = {}
    took: tuple[str, ...] = ()


def says(**answers: Any) -> Person:
    return Person(answers)


def took(*texts: str) -> Person:
    return Person({}, texts)


SEDATED = (
    says(sedating_medicine=True),
    says(opioid_medicine=True),
    says(alcohol_use="three_a_day"),
    *(
        took(name)
        for name in ("temazepam 10 mg", "pregabalin 75 mg", "codeine 30 mg", "Nytol", "zopiclone", "Night Nurse")
    ),
)
PREGNANT_20 = says(pregnant=True, pregnancy_weeks=20)
ULCER = says(stomach_ulcer_or_bleed=True)
LIVER = says(liver_disease=True, liver_disease_severe=True)

FORBIDDEN: dict[tuple[str, str], tuple[Person, ...]] = {
    ("paracetamol", "severe hepatic impairment / decompensated cirrhosis"): (LIVER,),
    ("paracetamol", "second paracetamol-containing product"): (
        says(takes_paracetamol=True),
        *(took(f"{name}, last 7 h ago") for name in ("co-codamol 8/500", "Lemsip 1000 mg", "Night Nurse", "Percocet")),
    ),
    ("paracetamol", "overdose (>4 g/24 h or >label)"): (
        took("Panadol 500 mg x9, last 7 h ago"),
        took("paracetamol 500 mg x4, last 7 h ago", "co-codamol 30/500 x5, last 7 h ago"),
        Person({"age": 12}, ("Calpol 500 mg x9",)),
    ),
    ("aspirin", "child or teenager (esp. chickenpox/flu)"): (says(age=9), says(age=14), says(age=19)),
    ("aspirin", "age <16 (UK)"): (says(age=15),),
    ("aspirin", "gout, G6PD deficiency, haemophilia/bleeding disorder"): (
        says(gout=True),
        says(g6pd_deficiency=True),
        says(blood_thinner=True),
    ),
    ("aspirin", "age >=65 at analgesic dose"): (says(age=65), says(age=90)),
    (
        "diclofenac",
        "ischaemic heart disease, peripheral arterial disease, cerebrovascular disease, heart failure NYHA II-IV",
    ): (says(heart_or_artery_disease=True), says(heart_failure=True)),
    ("ketoprofen_gel", "sun/UV exposure"): (says(),),
    ("topical NSAID (class)", "NSAID/aspirin allergy, broken skin, occlusion, heat pad"): (
        says(painkiller_reaction=True),
        says(broken_skin_at_pain=True),
    ),
    ("topical NSAID (class)", "oral NSAID at the same time"): (says(takes_nsaid=True), took("celecoxib 200 mg")),
    ("topical NSAID (class)", "pregnancy third trimester (and >=20 weeks large area)"): (
        PREGNANT_20,
        says(pregnant=True, pregnancy_weeks=30),
    ),
    ("oral NSAID (class)", "ever allergic reaction to NSAID/aspirin or other pain reliever"): (
        says(painkiller_reaction=True),
    ),
    ("oral NSAID (class)", "right before or after heart surgery (CABG)"): (says(recent_heart_attack_or_surgery=True),),
    ("oral NSAID (class)", "previous stomach ulcer, GI bleed or perforation"): (ULCER,),
    ("oral NSAID (class)", "age >=65: chronic use"): (says(age=65, painkillers_over_10_days=True),),
    ("oral NSAID (class)", "anticoagulant (warfarin, DOAC)"): (
        says(blood_thinner=True),
        took("warfarin"),
        took("Eliquis 5 mg x2"),
    ),
    ("oral NSAID (class)", "corticosteroid (oral)"): (says(steroid_tablets=True), took("prednisolone 5 mg")),
    ("oral NSAID (class)", "antiplatelet (clopidogrel, aspirin)"): (
        says(antiplatelet=True),
        took("clopidogrel 75 mg"),
        took("aspirin 75 mg"),
    ),
    ("oral NSAID (class)", "second NSAID (incl. aspirin)"): (says(takes_nsaid=True), took("Arcoxia 60 mg")),
    ("oral NSAID (class)", "ACEi/ARB + diuretic (triple whammy)"): (
        says(ace_inhibitor_or_arb=True, diuretic=True),
        says(ace_inhibitor_or_arb=True, potassium_sparing_diuretic=True),
        took("ramipril", "indapamide"),
    ),
    ("oral NSAID (class)", "lithium"): (says(lithium=True), took("Priadel")),
    ("oral NSAID (class)", "methotrexate"): (says(methotrexate_or_transplant_medicine=True), took("methotrexate")),
    ("oral NSAID (class)", "ciclosporin or tacrolimus"): (took("ciclosporin"), took("tacrolimus")),
    ("oral NSAID (class)", "3 or more alcoholic drinks daily"): (says(alcohol_use="three_a_day"),),
    ("oral NSAID (class)", "chronic kidney disease"): (says(kidney_disease=True),),
    ("oral NSAID (class)", "severe heart failure"): (says(heart_failure=True),),
    ("oral NSAID (class)", "recent myocardial infarction"): (says(recent_heart_attack_or_surgery=True),),
    ("oral NSAID (class)", "liver cirrhosis"): (LIVER,),
    ("oral NSAID (class)", "aspirin-exacerbated respiratory disease / nasal polyps"): (
        says(nasal_polyps=True),
        says(asthma=True, painkiller_reaction=True),
    ),
    ("oral NSAID (class)", "pregnancy >=20 weeks"): (PREGNANT_20,),
    ("oral NSAID (class)", "pregnancy >=30 weeks"): (says(pregnant=True, pregnancy_weeks=30),),
    ("oral NSAID (class)", "chickenpox"): (says(chickenpox=True),),
    # Losing water by sweating, in heat or a long race, is part of the question on too little water.
    ("oral NSAID (class)", "dehydration, vomiting/diarrhoea, heat illness, endurance event"): (
        says(dehydration=True),
        says(vomiting=True),
    ),
    ("oral NSAID (class)", "stop rules"): (says(chest_pain=True), says(chest_warning_signs=True), says(fainted=True)),
    ("menthol_salicylate_rub", "warfarin (methyl salicylate)"): (says(blood_thinner=True), took("Coumadin")),
    ("menthol_salicylate_rub", "aspirin/NSAID allergy (salicylate), child <12"): (
        says(painkiller_reaction=True),
        says(age=11),
    ),
    ("cyclobenzaprine", "recent MI, arrhythmia, heart block/conduction disorder, heart failure"): (
        says(recent_heart_attack_or_surgery=True),
        says(heart_rhythm_problem=True),
        says(heart_failure=True),
    ),
    ("cyclobenzaprine", "hyperthyroidism"): (says(thyroid_overactive=True),),
    ("cyclobenzaprine", "MAO inhibitor within 14 days"): (says(maoi=True), took("phenelzine")),
    ("cyclobenzaprine", "moderate-severe hepatic impairment"): (LIVER,),
    ("cyclobenzaprine", "urinary retention, glaucoma"): (says(trouble_emptying_bladder=True), says(glaucoma=True)),
    ("cyclobenzaprine", "age >=65"): (says(age=65),),
    ("cyclobenzaprine", "added to naproxen in acute LBP"): (
        says(takes_nsaid=True, back_pain=True),
        Person({"back_pain": True}, ("naproxen 220 mg",)),
    ),
    ("methocarbamol", "alcohol/CNS depressants"): SEDATED,
    ("methocarbamol", "myasthenia gravis on anticholinesterase"): (says(myasthenia_gravis=True),),
    ("methocarbamol", "pregnancy"): (says(pregnant=True, pregnancy_weeks=8),),
    ("methocarbamol", "age >=65"): (says(age=65),),
    ("methocarbamol", "epilepsy, brain damage (UK SPC)"): (says(epilepsy_or_brain_injury=True),),
    ("tizanidine", "fluvoxamine or ciprofloxacin (strong CYP1A2 inhibitors)"): (took("fluvoxamine"), took("Cipro")),
    ("tizanidine", "size of CYP1A2 interaction"): (took("fluvoxamine 50 mg"), took("ciprofloxacin 500 mg x2")),
    (
        "tizanidine",
        "other CYP1A2 inhibitors: zileuton, other fluoroquinolones, amiodarone, mexiletine, propafenone, verapamil, "
        "cimetidine, famotidine, oral contraceptives, aciclovir, ticlopidine",
    ): (
        says(slows_tizanidine=True),
        *map(took, ("zileuton", "levofloxacin", "amiodarone", "mexiletine", "propafenone", "verapamil", "cimetidine")),
        *map(took, ("famotidine", "contraceptive pill", "aciclovir", "ticlopidine")),
    ),
    ("tizanidine", "liver disease"): (says(liver_disease=True, liver_disease_severe=False),),
    ("tizanidine", "abrupt stop after regular use"): (says(),),
    ("baclofen", "eGFR <60 (Beers 2023) / eGFR <30"): (says(kidney_disease=True),),
    ("baclofen", "abrupt withdrawal"): (says(),),
    ("diazepam", "opioid"): (says(opioid_medicine=True), took("codeine 30 mg"), took("Nurofen Plus"), took("Tramacet")),
    (
        "diazepam",
        "myasthenia gravis, severe respiratory or hepatic insufficiency, sleep apnoea, acute narrow-angle glaucoma",
    ): (says(myasthenia_gravis=True), says(severe_breathing_problem=True), LIVER, says(glaucoma=True)),
    ("diazepam", "dependence"): (says(dependence_past=True),),
    ("diazepam", "age >=65"): (says(age=65),),
    ("diazepam", "added to naproxen in acute LBP"): (says(takes_nsaid=True, back_pain=True),),
    (
        "orphenadrine",
        "glaucoma, pyloric/duodenal obstruction, stenosing ulcer, prostatic hypertrophy/bladder-neck obstruction, "
        "megaoesophagus, myasthenia gravis",
    ): (
        says(glaucoma=True),
        says(gut_narrowing=True),
        says(trouble_emptying_bladder=True),
        says(myasthenia_gravis=True),
    ),
    ("orphenadrine", "age >=65"): (says(age=65),),
    ("chlorzoxazone", "hepatic impairment"): (says(liver_disease=True, liver_disease_severe=False),),
    ("chlorzoxazone", "age >=65"): (says(age=65),),
    ("carisoprodol", "age >=65"): (says(age=65),),
    ("carisoprodol", "any"): (says(),),
    (
        "skeletal muscle relaxant (class)",
        "alcohol, opioids, gabapentinoids, sedating antihistamines, sleep medicines",
    ): SEDATED,
    ("skeletal muscle relaxant (class)", "driving, machinery, heights"): (says(drives_or_climbs=True),),
    ("skeletal muscle relaxant (class)", "pregnancy or breastfeeding"): (PREGNANT_20, says(breastfeeding=True)),
    ("opioid (class)", "acute non-specific LBP"): (says(back_pain=True),),
    ("opioid (class)", "NICE acute LBP"): (says(back_pain=True),),
    ("opioid (class)", "benzodiazepine, gabapentinoid, alcohol"): (
        took("Valium 5 mg"),
        took("lorazepam"),
        took("Lyrica 75 mg"),
        says(alcohol_use="over_14_units"),
    ),
    ("codeine", "age <12; <18 after tonsillectomy; CYP2D6 ultra-rapid metaboliser; breastfeeding"): (
        says(age=11),
        says(age=17),
        says(codeine_reaction=True),
        says(breastfeeding=True),
    ),
    ("tramadol", "SSRI/SNRI/TCA/MAOI, epilepsy"): (
        *map(took, ("sertraline", "venlafaxine", "amitriptyline", "Nardil")),
        says(epilepsy_or_brain_injury=True),
    ),
    ("oxycodone", "added to naproxen in acute LBP"): (says(takes_nsaid=True, back_pain=True),),
    ("gabapentinoid", "low back pain without neuropathic indication"): (says(back_pain=True, pain_below_knee=False),),
    ("magnesium", "CKD (eGFR <30), myasthenia gravis, heart block"): (
        says(kidney_disease=True),
        says(myasthenia_gravis=True),
        says(heart_rhythm_problem=True),
    ),
    ("quinine", "muscle cramps (US)"): (says(muscle_cramp=True),),
    (
        "quinine",
        "QT prolongation, G6PD deficiency, myasthenia gravis, optic neuritis, tinnitus, warfarin, digoxin, pregnancy",
    ): (
        says(heart_rhythm_problem=True),
        says(g6pd_deficiency=True),
        says(myasthenia_gravis=True),
        says(quinine_reaction=True),
        says(pregnant=True, pregnancy_weeks=8),
        took("warfarin"),
        took("digoxin"),
    ),
    ("prednisolone", "non-radicular LBP"): (says(back_pain=True, pain_below_knee=False),),
    ("prednisolone", "diabetes, infection, active ulcer, with NSAID"): (
        says(diabetes=True),
        says(recent_infection=True),
        ULCER,
        took("ibuprofen 400 mg"),
    ),
}
"""(medicine, condition) of a row that forbids, to people for whom it must be heeded, one for each thing it names."""

TOLD_EVERYBODY = (
    ("ketoprofen_gel", "sun/UV exposure"),
    ("tizanidine", "abrupt stop after regular use"),
    ("baclofen", "abrupt withdrawal"),
)
"""Rows on how to take a medicine, not on who may: everybody is told."""


class Limit(NamedTuple):
    """Words of the row, what somebody took, and the mildest verdict that still obeys them."""

    words: str
    took: str
    at_least: str = "avoid"
    answers: Mapping[str, Any] = {}


LIMITED: dict[tuple[str, str], tuple[Limit, ...]] = {
    ("paracetamol", "adult label dose"): (
        Limit("at least 4 h apart", "paracetamol 500 mg, last 3 h ago"),
        Limit("max 4000 mg (8 x 500 mg)", "paracetamol 500 mg x8, last 7 h ago"),
        Limit("max 4000 mg", "Tylenol 1 g x4, last 7 h ago"),
    ),
    ("paracetamol", "US OTC extra-strength label"): (
        Limit("every 6 h", "paracetamol 500 mg, last 5 h ago", "ask_first"),
        Limit("max 3000 mg", "paracetamol 500 mg x6, last 7 h ago", "ask_first"),
        Limit("max 10 days", "paracetamol 500 mg, last 7 h ago, for 10 days", "ask_first"),
    ),
    ("ibuprofen", "adult OTC dose"): (
        Limit("every 4-6 h", "Advil 200 mg, last 3 h ago"),
        Limit("400 mg if needed", "ibuprofen 600 mg, last 7 h ago", "ask_first"),
        Limit("max 1200 mg (6 x 200 mg)", "ibuprofen 200 mg x6, last 7 h ago"),
        Limit("max 10 days", "ibuprofen 200 mg, last 7 h ago, for 10 days", "ask_first"),
    ),
    ("ibuprofen", "UK OTC dose"): (
        Limit("at least 6 h apart", "Nurofen 200 mg, last 5 h ago", "ask_first"),
        Limit("max 1200 mg", "Nurofen 400 mg x3, last 7 h ago"),
    ),
    ("ibuprofen", "prescription maximum"): (Limit("2400 mg/day", "ibuprofen 400 mg x7, last 7 h ago"),),
    ("naproxen", "adult OTC dose (naproxen sodium 220 mg)"): (
        Limit("every 8-12 h", "Aleve 220 mg, last 7 h ago"),
        Limit("max 660 mg (3 tablets)", "naproxen 220 mg x3, last 13 h ago"),
    ),
    ("naproxen", "self-care duration"): (
        Limit(">10 days", "naproxen 220 mg, last 13 h ago, for 11 days", "ask_first"),
    ),
    ("naproxen", "trial dose in acute LBP (prescription)"): (
        Limit("500 mg twice daily", "naproxen 550 mg, last 13 h ago", "ask_first"),
    ),
    ("naproxen", "prescription maximum"): (Limit("1000-1250 mg/day", "naproxen 500 mg x3, last 13 h ago"),),
    ("aspirin", "adult OTC dose"): (
        Limit("every 4 h", "aspirin 324 mg, last 3 h ago"),
        Limit("max 3888 mg", "aspirin 324 mg x12, last 5 h ago"),
    ),
    ("diclofenac", "adult prescription dose"): (Limit("max 150 mg/day", "diclofenac 50 mg x3, last 9 h ago"),),
    ("diclofenac_gel", "1% gel (US OTC)"): (
        Limit("4 x/day, max 2 areas", "diclofenac gel 4 g x8, last 13 h ago"),
        Limit("max 21 days", "diclofenac gel, last 13 h ago, for 21 days", "ask_first"),
    ),
    ("diclofenac_gel", "1.16% / 2.32% gel (UK)"): (
        Limit("1.16% 3-4 x/day", "diclofenac gel x4, last 13 h ago"),
        Limit("2.32% every 12 h", "diclofenac gel, last 8 h ago", "ask_first"),
    ),
    ("ibuprofen_gel", "adult dose"): (
        Limit("up to 3 x/day", "Ibuleve x3, last 5 h ago"),
        Limit(">=4 h apart", "ibuprofen gel, last 3 h ago"),
        Limit("2 weeks", "ibuprofen gel, last 5 h ago, for 14 days", "ask_first"),
    ),
    ("capsaicin_cream", "adult dose"): (Limit("up to 3-4 x/day", "capsaicin cream x4, last 5 h ago"),),
    ("cyclobenzaprine", "adult dose (prescription)"): (
        Limit("30 mg/24 h", "cyclobenzaprine 10 mg x3, last 9 h ago"),
        Limit("max 2-3 weeks", "cyclobenzaprine 5 mg, last 9 h ago, for 21 days", "ask_first"),
    ),
    ("methocarbamol", "adult dose (prescription)"): (
        Limit("6 g/day", "methocarbamol 1500 mg x4, last 7 h ago"),
        Limit("about 4 g/day", "methocarbamol 750 mg x4, last 7 h ago", "ask_first"),
    ),
    ("tizanidine", "adult maximum (prescription; spasticity label)"): (
        Limit("every 6-8 h", "tizanidine 2 mg, last 5 h ago"),
        Limit("max 36 mg", "tizanidine 12 mg x3, last 9 h ago"),
    ),
    ("baclofen", "adult dose (prescription)"): (Limit("max 80 mg/day", "baclofen 20 mg x4, last 9 h ago"),),
    ("diazepam", "adult dose (prescription)"): (
        Limit("2-10 mg 3-4 x/day", "diazepam 10 mg x4, last 9 h ago"),
        Limit("older/debilitated 2-2.5 mg 1-2 x/day", "diazepam 2.5 mg x2, last 9 h ago", answers={"age": 70}),
    ),
    ("orphenadrine", "adult dose (prescription)"): (Limit("100 mg ER twice", "orphenadrine 100 mg x2, last 13 h ago"),),
    ("chlorzoxazone", "adult dose (prescription)"): (
        Limit("max 750 mg 3-4 x/day", "chlorzoxazone 750 mg x4, last 7 h ago"),
    ),
    ("codeine", "UK OTC combination"): (
        Limit("max 3 days", "co-codamol 8/500, last 7 h ago, for 3 days", "ask_first"),
    ),
    ("magnesium", "adult supplemental upper level"): (
        Limit("350 mg/day", "magnesium 350 mg, last 9 h ago", "ask_first"),
        Limit("400 mg/day", "magnesium 200 mg x2, last 9 h ago"),
    ),
}
"""(medicine, condition) of a row that limits, to what takes somebody to the limit, one for each number it limits."""


def named(row: Mapping[str, str]) -> tuple[str, str]:
    products = PRODUCTS.get(row["medicine"], (row["medicine"],))
    return (products[0] if len(products) == 1 else row["medicine"], row["condition_or_interaction"])


def products(number: int) -> tuple[str, ...]:
    row = ROWS[number]
    if row["condition_or_interaction"] == "UK OTC combination":
        return ("co_codamol",)
    return PRODUCTS.get(row["medicine"], (row["medicine"],))


def title(number: int) -> str:
    return f"{number} {ROWS[number]['medicine']}: {ROWS[number]['condition_or_interaction']}"[:70]


def answers_of(knowledge: Knowledge, answers: Mapping[str, Any]) -> Mapping[str, Answer]:
    """Return the answers of somebody well of forty who was asked everything, with some of their own."""
    about = {key: answers[key] for key in ("age", "sex") if key in answers}
    more = {key: value for key, value in answers.items() if key not in about}
    person = {"age": 40, "sex": "female", "setting": "community", "findings": {"alcohol_use": "no_alcohol"}, **about}
    return Case.from_data(_possible(knowledge, with_nothing_else(knowledge, person, **more)), knowledge).answers


def _possible(knowledge: Knowledge, data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nobody like this is asked; it follows of itself."""
    about = {key: data[key] for key in ("age", "sex", "setting")}
    held = {**about, **data["findings"]}
    for finding, evaluate in knowledge.only_if:
        if finding in held and evaluate(held).name == "FALSE":
            del held[finding]
    return {**about, "findings": {key: value for key, value in held.items() if key not in about}}


def asked(knowledge: Knowledge, product: str, person: Person) -> MedicineAdvice:
    return check_medicine(
        knowledge, product, answers_of(knowledge, person.answers), [read_taken(t) for t in person.took]
    )


def actions(advice: MedicineAdvice, number: int) -> set[str]:
    """Return what is said because of one row."""
    return {reason.action for reason in advice.reasons if number in reason.rows}


def harm(advice: MedicineAdvice) -> int:
    return SEVERITY.index(advice.verdict)


def obeys_prohibition(knowledge: Knowledge, number: int) -> Iterator[str]:
    """Yield each case of a row that is not obeyed."""
    key = named(ROWS[number])
    wanted = "tell" if key in TOLD_EVERYBODY else "avoid"
    for product in products(number):
        for person in FORBIDDEN[key]:
            advice = asked(knowledge, product, person)
            if wanted not in actions(advice, number) or (wanted == "avoid" and advice.verdict != "avoid"):
                yield f"{product}, {person}: {advice.verdict} {actions(advice, number)}"


def obeys_limit(knowledge: Knowledge, number: int) -> Iterator[str]:
    """Yield each case of a row that is not obeyed."""
    for limit in LIMITED[named(ROWS[number])]:
        (product,) = products(number)
        advice = asked(knowledge, product, Person(limit.answers, (limit.took,)))
        if harm(advice) < SEVERITY.index(limit.at_least) or not actions(advice, number) & {"avoid", "caution"}:
            yield f"{limit.took}: {advice.verdict} {actions(advice, number)}"


def test_every_row_that_forbids_or_limits_was_read() -> None:
    assert {named(ROWS[number]) for number in FORBIDS} == set(FORBIDDEN)
    assert {named(ROWS[number]) for number in LIMITS} == set(LIMITED)
    assert len(FORBIDS) == len(FORBIDDEN)
    assert len(LIMITS) == len(LIMITED)


def test_every_row_of_the_table_is_named_by_a_record(knowledge: Knowledge) -> None:
    records = [*knowledge.data["medicines"], *knowledge.data["medicine_groups"]]
    parts = [one for record in records for key in ("rules", "doses") for one in record.get(key, ())]
    parts += [record[key] for record in records for key in ("overdose", "cramps") if record.get(key)]
    assert {row for part in parts for row in part["rows"]} == set(ROWS)


@pytest.mark.parametrize("number", LIMITS, ids=title)
def test_limits_quote_their_row(number: int) -> None:
    for limit in LIMITED[named(ROWS[number])]:
        assert limit.words in ROWS[number]["value"]


@pytest.mark.parametrize("number", FORBIDS, ids=title)
def test_what_a_row_forbids_is_never_offered(number: int, knowledge: Knowledge) -> None:
    assert list(obeys_prohibition(knowledge, number)) == []


@pytest.mark.parametrize("number", LIMITS, ids=title)
def test_what_a_row_limits_is_not_passed(number: int, knowledge: Knowledge) -> None:
    assert list(obeys_limit(knowledge, number)) == []


@pytest.mark.parametrize("number", [*FORBIDS, *LIMITS], ids=title)
def test_a_twin_whom_nothing_speaks_against_is_offered_it(number: int, knowledge: Knowledge) -> None:
    for product in products(number):
        offered = INSTEAD.get(product, product)
        advice = asked(knowledge, offered, Person())
        assert (offered, advice.verdict, advice.open) == (offered, BEST.get(offered, "may_take"), ())
        assert "avoid" not in actions(advice, number)


NEARLY: dict[str, tuple[Person, ...]] = {
    "age >=65": (says(age=64),),
    "pregnancy >=20 weeks": (says(pregnant=True, pregnancy_weeks=19),),
    "pregnancy >=30 weeks": (says(pregnant=True, pregnancy_weeks=19),),
    "age >=65: chronic use": (says(age=64, painkillers_over_10_days=True), says(age=70)),
    "ACEi/ARB + diuretic (triple whammy)": (says(ace_inhibitor_or_arb=True), says(diuretic=True)),
    "added to naproxen in acute LBP": (says(takes_nsaid=True),),
    "low back pain without neuropathic indication": (says(back_pain=True, leg_pain=True, pain_below_knee=True),),
    "non-radicular LBP": (says(back_pain=True, leg_pain=True, pain_below_knee=True),),
    "overdose (>4 g/24 h or >label)": (took("paracetamol 500 mg x8, last 7 h ago"),),
    "aspirin/NSAID allergy (salicylate), child <12": (says(age=12),),
}


@pytest.mark.parametrize("number", [n for n in FORBIDS if named(ROWS[n])[1] in NEARLY], ids=title)
def test_just_this_side_of_a_row_it_does_not_count(number: int, knowledge: Knowledge) -> None:
    for product in products(number):
        for person in NEARLY[named(ROWS[number])[1]]:
            assert "avoid" not in actions(asked(knowledge, product, person), number), (product, person)


@pytest.mark.parametrize("number", LIMITS, ids=title)
def test_within_every_limit_the_twin_may_take_more(number: int, knowledge: Knowledge) -> None:
    """One small dose long ago, on the first day, is no reason to refuse another."""
    product = products(number)[0]
    first = next(limit for limit in LIMITED[named(ROWS[number])] if not limit.answers)
    amount = {"paracetamol": " 500 mg", "ibuprofen": " 200 mg", "naproxen": " 220 mg", "aspirin": " 324 mg"}
    other = {"co_codamol": "co-codamol 8/500, last 25 h ago", "magnesium": "magnesium 100 mg, last 13 h ago"}
    name = knowledge.medicines[product].names[0]
    text = other.get(product, f"{name}{amount.get(product, '')}, last 13 h ago, for 1 day")
    if not amount.get(product) and re.search(r"\d mg", first.took) and product not in other:
        low = next(dose.low for dose in knowledge.medicines[product].doses if dose.low is not None)
        text = f"{name} {low:f} mg, last 13 h ago, for 1 day"
    advice = asked(knowledge, product, took(text))
    assert (text, advice.verdict) == (text, "may_take")


_KINDS = ("medicines", "medicine_groups")


def without_row(knowledge: Knowledge, number: int) -> Knowledge:
    """Return the knowledge after somebody struck out all that rests on one row."""
    struck: dict[str, Any] = json.loads(json.dumps({kind: knowledge.data[kind] for kind in _KINDS}))
    for record in (record for kind in _KINDS for record in struck[kind]):
        for part in ("rules", "doses"):
            if part in record:
                record[part] = [one for one in record[part] if number not in one["rows"]]
        if record.get("overdose") and number in record["overdose"]["rows"]:
            record["overdose"]["rows"] = []
    return copied(knowledge, **struck)


def test_striking_out_any_row_is_noticed(knowledge: Knowledge) -> None:
    noticed = {
        number: any(obeys(without_row(knowledge, number), number))
        for obeys, numbers in ((obeys_prohibition, FORBIDS), (obeys_limit, LIMITS))
        for number in numbers
    }
    assert [number for number, seen in noticed.items() if not seen] == []


def test_weakening_a_rule_to_a_caution_is_noticed(knowledge: Knowledge) -> None:
    data = json.loads(json.dumps(knowledge.data))
    (nsaids,) = (one for one in data["medicine_groups"] if one["id"] == "oral_nsaid")
    (ulcer,) = (rule for rule in nsaids["rules"] if rule["id"] == "ulcer")
    ulcer["action"] = "caution"
    (number,) = ulcer["rows"]
    assert len(list(obeys_prohibition(Knowledge(json.dumps(data)), number))) == len(products(number))
