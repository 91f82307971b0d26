"""What a fit can be asked in Python, against pyfixest and against least squares written out."""

import json
import pathlib
import pickle
import re

import numpy as np
import pandas as pd
import pytest

import headwater as hw

KEYS = {"unit": "unit", "time": "year"}
FORMULA = "y ~ x + z | unit + year"


def made_panel(seed, units=30, years=8):
    """Unbalanced, with weights, regions and a slope of its own in each unit."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame([(f"u{u:02}", year) for u in range(units) for year in range(2010, 2010 + years)], columns=["unit", "year"])
    frame["region"] = frame["unit"].map({f"u{u:02}": "abcdefg"[u % 7] for u in range(units)})
    frame["x"], frame["z"], frame["w"] = random.normal(size=(2, len(frame))).tolist() + [random.uniform(0.5, 2, len(frame))]
    level = frame["unit"].map(dict(zip(frame["unit"].unique(), random.normal(size=units))))
    frame["y"] = 0.5 * frame["x"] - 0.2 * frame["z"] + level + 0.1 * (frame["year"] - 2010) + random.normal(size=len(frame))
    return frame[random.uniform(size=len(frame)) < 0.85].reset_index(drop=True)


@pytest.fixture(scope="module", params=[1, 2])
def frame(request):
    return made_panel(request.param)


@pytest.fixture(scope="module")
def fit(frame):
    return hw.fit(FORMULA, frame, **KEYS)


@pytest.fixture(scope="module")
def pyfixest():
    return pytest.importorskip("pyfixest")


def close(found, expected, tolerance=1e-7):
    np.testing.assert_allclose(np.asarray(found, dtype=float), np.asarray(expected, dtype=float), rtol=tolerance, atol=1e-12)


RULES = {"iid": "iid", "robust": "hetero", "cluster(unit)": {"CRV1": "unit"}, "cluster(region)": {"CRV1": "region"},
         "cluster(unit, year)": {"CRV1": "unit + year"}}


@pytest.mark.parametrize("rule", RULES)
def test_numbers_under_every_rule_are_pyfixests(frame, fit, pyfixest, rule):
    theirs, ours = pyfixest.feols(FORMULA, frame, vcov=RULES[rule], fixef_tol=1e-12), fit.vcov(rule)
    close(ours.coef(), theirs.coef())
    close(ours.se(), theirs.se())
    close(ours.tstat(), theirs.tstat())
    close(ours.pvalue(), theirs.pvalue(), 1e-7)
    close(ours.confint(), theirs.confint(), 1e-7)
    close(ours.confint(0.9), theirs.confint(alpha=0.1), 1e-7)
    close(ours.vcov_matrix, theirs._vcov)


def test_the_fit_stays_under_its_own_rule(fit):
    before = fit.se().copy()
    other = fit.vcov("iid")
    assert other.covariance == "iid" and fit.covariance == "cluster(unit)"
    assert fit.se().equals(before) and not other.se().equals(before)
    assert fit.vcov("cluster(unit)", profile="none").tree.text("profile") == "none"
    with pytest.raises(hw.HeadwaterError, match="did you mean 'cluster'") as info:
        fit.vcov("clustr(region)")
    assert info.value.kind == "usage"


def test_predictions_and_effects_are_pyfixests(frame, fit, pyfixest):
    theirs = pyfixest.feols(FORMULA, frame, vcov="iid", fixef_tol=1e-12)
    order = frame.sort_values(["unit", "year"]).index
    close(fit.predict(), theirs.predict()[order], 1e-7)
    close(fit.resid(), theirs.resid()[order], 1e-6)
    assert fit.predict().index.names == ["unit", "year"]
    effects = fit.fixef()
    assert list(effects) == ["unit", "year"]
    fixed = theirs.fixef()
    for name, key in (("unit", "C(unit)"), ("year", "C(year)")):
        ours = effects[name]["value"]
        other = pd.Series({str(level).removesuffix(".0"): value for level, value in fixed[key].items()}).reindex(ours.index).fillna(0)
        # Each set is identified up to a constant (a level that pyfixest leaves out is zero), and pyfixest solves for them to about 1e-6.
        np.testing.assert_allclose(ours - ours.iloc[0], other - other.iloc[0], rtol=0, atol=2e-5)


def test_predictions_are_least_squares_with_weights(frame):
    fit = hw.fit("y ~ x | unit[z]", frame, weights="w", **KEYS)
    dummies = pd.get_dummies(frame["unit"]).to_numpy(float)
    X, root = np.column_stack([frame["x"], dummies, dummies * frame[["z"]].to_numpy()]), np.sqrt(frame["w"].to_numpy())
    used = frame.set_index(["unit", "year"])
    beta = np.linalg.lstsq(X * root[:, None], frame["y"].to_numpy() * root, rcond=None)[0]
    expected = pd.Series(X @ beta, index=used.index)
    found = fit.predict()
    close(found, expected.reindex(pd.MultiIndex.from_arrays([found.index.get_level_values(0), found.index.get_level_values(1).astype(int)])), 1e-8)
    (effect,) = fit.fixef().values()
    close(effect.to_numpy().T.ravel(), beta[1:], 1e-7)


def test_new_rows_are_predicted_in_their_own_order(frame, fit):
    own = fit.predict().to_dict()
    some = frame.drop(columns="y").sample(frac=0.4, random_state=3)
    found = fit.predict(some)
    assert found.index.equals(some.index)
    close(found, [own[unit, str(year)] for unit, year in zip(some["unit"], some["year"])], 1e-9)
    odd = some.assign(x=[np.nan] + [0.0] * (len(some) - 1), unit=[*some["unit"][:-1], "stranger"])
    missing = fit.predict(odd).isna().to_numpy()
    assert missing[0] and missing[-1] and missing.sum() == 2
    with pytest.raises(hw.HeadwaterError, match="there is no column 'x'"):
        fit.predict(some.drop(columns="x"))


def test_new_rows_that_would_be_encoded_otherwise_are_refused(frame):
    fit = hw.fit("y ~ x + factor(region)", frame, **KEYS)
    close(fit.predict(frame).reset_index(drop=True), [fit.predict()[u, str(t)] for u, t in zip(frame["unit"], frame["year"])])
    with pytest.raises(hw.HeadwaterError) as info:
        fit.predict(frame[frame["region"] > "a"])
    assert info.value.code == "predict.columns" and "leaves out b there and a here" in str(info.value)
    with pytest.raises(hw.HeadwaterError) as info:
        hw.fit("y ~ x", frame, estimator="first_difference", **KEYS).predict(frame)
    assert info.value.code == "predict.transformed"


def test_wald_statistics_are_pyfixests_and_their_p_the_librarys(frame, fit, pyfixest):
    theirs = pyfixest.feols(FORMULA, frame, vcov={"CRV1": "unit"}, fixef_tol=1e-12)
    for R, q in ((np.eye(2), None), (np.array([[1.0, 2.0]]), np.array([0.1]))):
        expected = theirs.wald_test(R=R, q=q, distribution="F")
        found = fit.wald_test(R, q)
        close(found["statistic"], expected["statistic"], 1e-6)
    joint = hw.fit(FORMULA, frame, drivers={"all": "x + z"}, **KEYS).tests.iloc[0]
    close(fit.wald_test()[["statistic", "df1", "df2", "p_value"]].tolist(), joint[["statistic", "df1", "df2", "p_value"]].tolist(), 1e-10)
    close(fit.wald_test()["statistic"], fit.wald_test(["x", "z"])["statistic"])
    single = fit.wald_test("x + 2*z = 0.1")
    close(single["statistic"] ** 2, fit.wald_test([[1, 2]], 0.1)["statistic"])
    close(single["p_value"], fit.wald_test([[1, 2]], 0.1)["p_value"])
    with pytest.raises(hw.HeadwaterError, match="'v' is not a coefficient of the fit; they are x, z"):
        fit.wald_test(["v"])
    with pytest.raises(hw.HeadwaterError, match="R has 3 columns, and the fit has 2 coefficients"):
        fit.wald_test(np.eye(3))


def test_tidy_and_glance_are_brooms(fit):
    assert list(fit.tidy().columns) == ["term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
    assert fit.tidy(0.5)["conf_high"].sub(fit.tidy(0.5)["conf_low"]).lt(fit.tidy()["conf_high"] - fit.tidy()["conf_low"]).all()
    row = fit.glance()
    assert row.shape[0] == 1 and row["nobs"].item() == fit.nobs and row["covariance"].item() == "cluster(unit)"
    with pytest.raises(hw.HeadwaterError, match="'level' is 2; it lies between 0 and 1"):
        fit.confint(2)


def test_terms_that_are_not_identified_have_no_row(frame):
    fit = hw.fit("y ~ x + twice | unit", frame.assign(twice=2 * frame["x"]), **KEYS)
    assert list(fit.coef().index) == ["x"] and len(fit.tidy()) == 1 and len(fit.coefficients) == 2


def test_tables_are_the_commands(command, fit, tmp_path):
    fit.result.save(tmp_path / "fit.h5")
    for format, words in (("text", []), ("latex", ["--stars"]), ("markdown", ["--statistics", "interval,mde"])):
        told = command("table", tmp_path / "fit.h5", "--what", "coefficients", "--format", format, *words)
        options = {"stars": True} if format == "latex" else {"statistics": ["interval", "mde"]} if format == "markdown" else {}
        assert str(fit.etable(format, **options)) == told


def test_models_of_several_results_stand_side_by_side(command, frame, fit, tmp_path):
    other = fit.vcov("robust")
    fit.result.save(tmp_path / "first.h5")
    other.result.save(tmp_path / "second.h5")
    table = hw.etable([fit, other])
    told = command("table", tmp_path / "first.h5", tmp_path / "second.h5", "--what", "coefficients")
    assert str(table).splitlines()[0] == told.splitlines()[0] and "2.model" in str(table) and "second.model" in told
    (side,) = [each for title, each in table.frames.items() if title.startswith("Coefficients")]
    assert list(side.columns) == ["term", "model", "2.model"]
    assert float(side.iloc[0, 1]) == pytest.approx(float(side.iloc[0, 2]), rel=0.01) and side.iloc[1, 1] != side.iloc[1, 2]
    table.save(tmp_path / "table.tex")
    assert (tmp_path / "table.tex").read_text() == str(hw.etable([fit, other], "latex"))
    with pytest.raises(hw.HeadwaterError, match="the format of a table is 'word'"):
        hw.etable(fit, "word")
    with pytest.raises(hw.HeadwaterError, match="a table has no option 'stats'"):
        hw.etable(fit, stats="t")


def test_results_are_pickled_as_their_files(fit, triplet):
    for each in (fit, fit.vcov("iid")):
        twin = pickle.loads(pickle.dumps(each))
        assert twin.coefficients.equals(each.coefficients) and twin.summary() == each.summary()
    twin = pickle.loads(pickle.dumps(triplet))
    assert list(twin.fits) == list(triplet.fits) and twin.json == triplet.json
    part = triplet.fits[list(triplet.fits)[0]].decompositions["change"]
    assert pickle.loads(pickle.dumps(part)).components.equals(part.components)
    with pytest.raises(hw.HeadwaterError, match="holds no data; fit again with hw.fit") as info:
        pickle.loads(pickle.dumps(fit)).vcov("iid")
    assert info.value.code == "python.no_data"


def payload_of(path):
    return json.loads(re.search(r'id="payload">([\s\S]*?)</script>', path.read_text())[1])


CAPTIONS = {"measure": "output", "status": "simulated", "vintage": "2026", "source": "made up", "population": "30 units", "weights": "none",
            "estimand": "an association", "commissioner": "nobody", "author": "a test", "assurer": "nobody", "review_date": "2027-01-01"}


def test_reports_are_written_or_refused(command, fit, frame, tmp_path):
    fit.result.save(tmp_path / "fit.h5")
    hw.open(tmp_path / "fit.h5").report(tmp_path / "own.html", form="full", **CAPTIONS)
    command("report", tmp_path / "fit.h5", "-o", tmp_path / "told.html", "--form", "full",
            *(word for k, v in CAPTIONS.items() for word in (f"--report.{k}", v)))
    assert payload_of(tmp_path / "own.html") == payload_of(tmp_path / "told.html")
    fit.report(tmp_path / "fresh.html", **CAPTIONS)
    assert payload_of(tmp_path / "fresh.html")["main_points"] == payload_of(tmp_path / "told.html")["main_points"]
    with pytest.raises(hw.HeadwaterError, match="a report needs measure, status") as info:
        fit.report(tmp_path / "none.html")
    assert info.value.code == "report.missing_key" and not (tmp_path / "none.html").exists()


def test_a_run_writes_table_and_report(frame, tmp_path):
    config = tmp_path / "study.cfg"
    lines = [f"{key} = {value}" for key, value in CAPTIONS.items()]
    config.write_text("[data]\nfile = unread.csv\nunit = unit\ntime = year\n[model]\nformula = " + FORMULA + "\n[report]\n" + "\n".join(lines) + "\n")
    result = hw.run(config, data=frame, output_table=tmp_path / "table.txt", output_report=tmp_path / "report.html")
    assert (tmp_path / "table.txt").read_text() == result.summary()
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert not list(pathlib.Path(tmp_path).glob("*.h5"))
    with pytest.raises(hw.HeadwaterError) as info:
        hw.run(config, data=frame, output_report=tmp_path / "other.html", report_author="")
    assert info.value.code == "report.missing_key" and not (tmp_path / "other.html").exists()


def odd_columns(frame):
    """Columns that no formula here asks for, and none of which a panel can hold."""
    n = len(frame)
    return {"lists": [[1, 2]] * n, "zone": pd.date_range("2024-01-01", periods=n, tz="Europe/London"), "infinite": np.inf,
            "mixed": [1, "a"] * (n // 2) + [None] * (n % 2), "objects": [object()] * n, "complex": np.ones(n) * 1j}


@pytest.mark.parametrize("name", ["lists", "zone", "infinite", "mixed", "objects", "complex"])
def test_only_the_columns_of_the_formula_must_be_readable(frame, fit, name):
    odd = frame.assign(**{name: odd_columns(frame)[name]})
    assert hw.fit(FORMULA, odd, **KEYS).coef().equals(fit.coef())
    with pytest.raises(hw.HeadwaterError) as info:
        hw.fit(f"y ~ {name} | unit", odd, **KEYS)
    assert (info.value.code, info.value.column) == ("data.unread_column", name)
    assert str(info.value).startswith(f"the pandas DataFrame: column '{name}' ")


def test_a_name_that_is_there_twice_matters_where_it_is_used(frame, fit):
    twice = pd.concat([frame, frame[["region"]], frame[["region"]].rename(columns={"region": "other"})], axis=1)
    assert hw.fit(FORMULA, twice, **KEYS).coef().equals(fit.coef())
    with pytest.raises(hw.HeadwaterError) as info:
        hw.fit(FORMULA, twice, covariance="cluster(region)", **KEYS)
    assert str(info.value) == "the pandas DataFrame: column 'region' is there twice or more; give every column a name of its own"
    assert hw.fit(FORMULA, twice, covariance="cluster(other)", **KEYS).se().equals(fit.vcov("cluster(region)").se())


def test_several_models_have_a_function_of_their_own(frame):
    with pytest.raises(hw.HeadwaterError, match=r"makes 2 models \(model, model\.2\); hw\.fits\(\) gives them all") as info:
        hw.fit("y ~ sw(x, z) | unit", frame, **KEYS)
    assert info.value.code == "python.several_models"
    assert len(hw.fits("y ~ sw(x, z) | unit", frame, **KEYS).fits) == 2
