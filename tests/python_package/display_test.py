"""What notebooks show: charts with the numbers of the tables, and no text of the data as markup."""

import numpy as np
import pandas as pd
import pytest

import headwater as hw
from headwater.charts import parts

HOSTILE = "<script>alert('&')</script>"


@pytest.fixture(scope="module")
def hostile():
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"unit": np.repeat(["a", "b", "c", "d"], 6), "year": np.tile(np.arange(2010, 2016), 4), HOSTILE: random.normal(size=24)})
    return hw.fit(f"y ~ `{HOSTILE}` | unit", frame.assign(y=random.normal(size=24)), unit="unit", time="year")


def test_texts_are_escaped(hostile):
    page = hostile._repr_html_()
    assert "<script" not in page and "&lt;script&gt;" in page


def test_what_cannot_be_told_comes_first(triplet):
    page = next(iter(triplet.fits.values()))._repr_html_()
    assert 0 < page.index("Not identified: dma_baseline") < page.index("<table>")


def test_forest_has_the_numbers_of_the_table(triplet):
    fit = next(iter(triplet.fits.values()))
    chart = fit.coefplot().to_dict()
    (rows,) = chart["datasets"].values()
    table = fit.coefficients.query("status == 'identified'")
    assert [row["term"] for row in rows] == table["term"].tolist()
    assert [row["conf_low"] for row in rows] == table["conf_low"].tolist()
    assert "Not identified: dma_baseline" in " ".join(chart["title"]["subtitle"])
    assert "Simulated" in chart["title"]["subtitle"][0]
    facets = triplet.coefplot(terms=["l(agency_share, 1)"]).to_dict()
    assert facets["facet"]["column"]["sort"] == ["activity", "resource", "ratio"]


def test_every_part_starts_from_zero_with_its_own_interval(triplet):
    decomposition = next(iter(triplet.fits.values())).decompositions["change"]
    frame, stored = parts(decomposition), decomposition.components
    assert "residual" in set(frame["component"]) and frame["component"].iloc[-1] == "total"
    assert frame["estimate"].iloc[:-1].sum() == pytest.approx(frame["estimate"].iloc[-1], abs=1e-12)
    for column in ("estimate", "conf_low", "conf_high"):
        np.testing.assert_array_equal(frame[column].iloc[:-1], stored[column])
    assert tuple(frame[["conf_low", "conf_high"]].iloc[-1]) == decomposition.total_interval
    drawn = decomposition.plot().to_dict()["layer"]
    marks = {layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"]: layer["encoding"] for layer in drawn}
    assert marks["bar"]["y"]["field"] == "estimate" and "y2" not in marks["bar"], "a bar begins at zero"
    whiskers = [layer["encoding"] for layer in drawn if "y2" in layer["encoding"]]
    assert [(w["y"]["field"], w["y2"]["field"]) for w in whiskers] == [("conf_low", "conf_high")]


def test_no_interval_is_claimed_where_there_is_none(simulated):
    """The unit's own effect is not estimable without a reliability."""
    unit, quarter = simulated.panel[["trust", "quarter"]].iloc[50]
    result = hw.fit("log(activity / resource) ~ l(agency_share, 1) | trust + quarter", simulated.panel, unit="trust", time="quarter",
                    drivers={"workforce": "l(agency_share, 1)"}, decompose=[f"contributions(at = {unit}@{quarter})"])
    decomposition = next(iter(result.decompositions.values()))
    assert "where one can be given" in decomposition.plot().to_dict()["title"]["subtitle"][-1]


def test_items_that_do_not_add_have_no_total(triplet):
    """The same items as a method that answers side by side would leave them."""
    decomposition = next(iter(triplet.fits.values())).decompositions["change"]
    decomposition.tree.attributes["additive"] = 0
    try:
        chart, page = decomposition.plot().to_dict(), decomposition._repr_html_()
    finally:
        decomposition.tree.attributes["additive"] = 1
    (rows,) = chart["datasets"].values()
    assert [row["component"] for row in rows] == decomposition.components["component"].tolist()
    assert ">total<" not in page and ">total<" in decomposition._repr_html_()


def test_decompositions_show_what_is_not_estimable(triplet):
    decomposition = next(iter(triplet.fits.values())).decompositions["contributions"]
    page = decomposition._repr_html_()
    assert decomposition.question.split()[0] in page and "total" in page
    lost = decomposition.components.query("not estimable")
    assert lost["std_error"].isna().all()
