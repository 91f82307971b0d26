"""hw.fit and hw.run give the command's numbers, bit for bit, whatever frame the data come in."""

import gc
import json
import threading
import time

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

import headwater as hw
from conftest import SOURCE

SEVEN = ("log(admissions) ~ log(kh03_beds_available) + log(operating_theatres) + log(consultants_fte) + log(staff_fte_linked) + "
         "log(gross_floor_area_m2) + log(backlog_total_gbp + 1) + log(capex_total_gbp + 1) | org_code + fy_start")
KEYS = {"unit": "org_code", "time": "fy_start"}
NUMBERS = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde"]


def without_messages(found):
    """The JSON contract without what names the source of the data."""
    return {key: value for key, value in found.items() if key != "warnings"}


def test_digits_of_the_catalogue(real_frame):
    fit = hw.fit(SEVEN, real_frame, **KEYS, profile="none")
    table = fit.coefficients.set_index("term")
    expected = {"log(kh03_beds_available)": (0.357986660756133, 0.110018419100296), "log(consultants_fte)": (0.218559537449822, 0.0689322424514408),
                "log(staff_fte_linked)": (0.258015176645646, 0.0833302771849057)}
    for term, (estimate, error) in expected.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, rel=1e-10)
        assert table.loc[term, "std_error"] == pytest.approx(error, rel=1e-10)
    assert fit.nobs == 496


def test_frame_gives_the_digits_of_the_command(command_json, real_panel, real_frame):
    told = command_json("fit", real_panel, SEVEN, "--unit", "org_code", "--time", "fy_start")
    fit = hw.fit(SEVEN, real_frame, **KEYS)
    assert without_messages(json.loads(fit.json)) == without_messages(told)
    table = fit.coefficients
    assert table[["term", *NUMBERS]].to_dict("records") == [{key: term[key] for key in ("term", *NUMBERS)} for term in told["terms"]]
    assert fit.vcov_matrix.to_numpy().tolist() == told["vcov"]["matrix"]


def frames(frame, folder):
    """The same data as every kind of source."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pa.parquet.write_table(table, folder / "panel.parquet")
    pa.feather.write_feather(table, folder / "panel.feather")
    frame.to_csv(folder / "panel.csv", index=False)
    return {"pandas": frame, "pandas with keys in the index": frame.set_index(["org_code", "fy_start"]),
            "pandas, rows in another order": frame.sample(frac=1, random_state=1), "pandas with categories": frame.astype({"org_code": "category"}),
            "polars": pl.from_arrow(table), "polars in chunks": pl.concat([pl.from_arrow(table[:100]), pl.from_arrow(table[100:])], rechunk=False),
            "pyarrow": table, "record batches": pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=17)),
            "csv": folder / "panel.csv", "text path": str(folder / "panel.csv"), "parquet": folder / "panel.parquet", "feather": folder / "panel.feather",
            "panel": hw.Panel(frame, **KEYS)}


def test_every_source_gives_the_same_bits(real_frame, tmp_path):
    expected = hw.fit(SEVEN, real_frame, **KEYS)
    for name, source in frames(real_frame, tmp_path).items():
        fit = hw.fit(SEVEN, source, **({} if isinstance(source, hw.Panel) else KEYS))
        assert fit.coefficients.equals(expected.coefficients), name
        assert fit.vcov_matrix.equals(expected.vcov_matrix), name
        assert fit.rows.equals(expected.rows), name


def test_real_configuration_with_data_in_memory(command, real_panel, real_frame, tmp_path):
    config = SOURCE / "configs/nhs-acute-2013-2016.cfg"
    told = json.loads(command("run", config, "--data.file", real_panel, "--output.result", tmp_path / "command.h5", "--format", "json"))
    result = hw.run(config, data=real_frame, output_result=tmp_path / "python.h5")
    found = json.loads(result.json)
    assert [without_messages(each["fit"]) for each in found["results"]] == [without_messages(each["fit"]) for each in told["results"]]
    assert [each["decompositions"] for each in found["results"]] == [each["decompositions"] for each in told["results"]]
    lost = result.fits["nhs_acute_inputs.ratio"].coefficients.query("status == 'not identified'")
    assert len(lost) == 1 and lost["estimate"].isna().all() and "dma_overall_2025" in lost["term"].item()
    with hw.open(tmp_path / "python.h5") as stored, hw.open(tmp_path / "command.h5") as commands:
        assert stored.coefficients.equals(commands.coefficients)


def test_triplet_keeps_its_identity(triplet):
    tables = {fit.role: fit.coefficients.set_index("term")["estimate"].dropna() for fit in triplet.fits.values()}
    assert np.allclose(tables["ratio"], tables["activity"] - tables["resource"], rtol=0, atol=1e-12)
    assert list(triplet.coefficients["fit"].unique()) == list(triplet.fits)


def test_decompose_is_the_commands(command, simulated, triplet, tmp_path):
    simulated.panel.to_csv(tmp_path / "panel.csv", index=False)
    told = json.loads(command("decompose", tmp_path / "panel.csv", "log(activity / resource) ~ log(capital_stock) + turnover | trust + quarter",
                              "--unit", "trust", "--time", "quarter", "--driver", "capital=log(capital_stock)", "--driver", "workforce=turnover",
                              "--use", "change(from = 2019-20 Q1, to = 2022-23 Q1)", "--format", "json"))
    fit = hw.fit("log(activity / resource) ~ log(capital_stock) + turnover | trust + quarter", simulated.panel, unit="trust", time="quarter")
    found = fit.decompose("change(from = 2019-20 Q1, to = 2022-23 Q1)", drivers={"capital": "log(capital_stock)", "workforce": "turnover"})
    (expected,) = told["decompositions"]
    assert found.components["component"].tolist() == [each["component"] for each in expected["components"]]
    assert found.components["estimate"].tolist() == [each["estimate"] for each in expected["components"]]
    assert found.covariance.to_numpy().tolist() == expected["covariance"]
    assert found.components["estimate"].sum() == pytest.approx(found.total, abs=1e-12)
    assert found.total == expected["total"]["estimate"]
    both = fit.decompose("change", "contributions", drivers={"all": "log(capital_stock) + turnover"})
    assert [each.method for each in both] == ["change", "contributions"]


def test_decomposing_uses_the_data_of_the_fit(simulated):
    frame = simulated.panel.copy()
    formula = "log(activity / resource) ~ turnover | trust + quarter"
    fit = hw.fit(formula, frame, unit="trust", time="quarter")
    before = fit.decompose("change").total
    frame["activity"] = 1.0
    assert fit.decompose("change").total == before


def test_simulation_is_the_commands(command, simulated, tmp_path):
    command("simulate", "--scenario", "nhs", "--trusts", 60, "--quarters", 16, "--output", tmp_path / "panel.csv", "--truth", tmp_path / "truth.csv")
    assert pyarrow.csv.read_csv(tmp_path / "panel.csv").to_pandas().equals(simulated.panel)
    assert pyarrow.csv.read_csv(tmp_path / "truth.csv").to_pandas().equals(simulated.truth)


def test_simulated_data_say_so(simulated, triplet):
    assert triplet.simulated
    assert "SIMULATED" in triplet.summary()
    assert "Simulated data" in triplet._repr_html_()
    assert hw.fit("log(activity) ~ turnover", simulated.panel).result.simulated


def test_summary_is_the_commands(command, tmp_path, simulated):
    simulated.panel.to_csv(tmp_path / "panel.csv", index=False)
    told = command("fit", tmp_path / "panel.csv", "log(activity) ~ turnover + dma | trust", "--unit", "trust", "--time", "quarter")
    assert hw.fit("log(activity) ~ turnover + dma | trust", tmp_path / "panel.csv", unit="trust", time="quarter").summary() == told


def test_one_fit_of_several_stands_alone(triplet):
    name = list(triplet.fits)[1]
    alone = json.loads(triplet.fits[name].json)
    assert alone["fit"]["id"] == name
    assert alone == json.loads(triplet.json)["results"][1]


def test_arrays_are_views_that_keep_the_result_alive(simulated):
    fit = hw.fit("log(activity) ~ turnover | trust", simulated.panel, unit="trust", time="quarter")
    residuals, copy = fit.tree.child("rows").values("residual"), fit.rows["residual"].copy()
    assert not residuals.flags.owndata and not residuals.flags.writeable
    del fit
    gc.collect()
    np.testing.assert_array_equal(residuals, copy)


def test_other_threads_run_while_it_computes(simulated):
    panel = hw.Panel(hw.simulate("clean", trusts=300, quarters=40).panel, unit="trust", time="quarter")
    formula = "log(activity) ~ sw(l(turnover, 1:4), l(agency_share, 1:4), l(dma, 1:4), l(engagement, 1:4)) | trust + type^quarter + region^quarter"
    worker = threading.Thread(target=hw.fits, args=(formula, panel))
    worker.start()
    turns = 0
    while worker.is_alive():
        turns += 1
        time.sleep(0.0005)
    assert turns > 5


def test_every_profile_and_the_diagnostics(simulated):
    fit = hw.fit("log(activity / resource) ~ turnover | trust + quarter", simulated.panel, unit="trust", time="quarter", profile="all",
                 tests=["diagnostics"])
    others = fit.other_covariances
    every = others[others["rule"].str.startswith("cluster(trust)")].set_index("profile")
    assert list(every.index) == ["fixest", "reghdfe", "ivreghdfe", "xtreg", "areg", "plm", "linearmodels", "none"]
    assert every.loc["xtreg", "turnover"] == fit.vcov("cluster(trust)", "xtreg").coefficients.set_index("term").loc["turnover", "std_error"]
    assert every.loc["xtreg", "software"] == "Stata xtreg, fe" and every.loc["xtreg", "arithmetic"].startswith("G/(G-1)")
    assert {"pesaran_cd", "modified_wald", "reset", "effects_f"} <= set(fit.tests["test"])


def test_methods_come_from_the_registries(command):
    table = hw.methods()
    listed = command("methods")
    assert {"within", "cluster", "change", "gelbach"} <= set(table["name"])
    assert all(f"{name}:" in listed for name in table["name"])
    assert "lag" in set(hw.methods("driscoll_kraay")["name"])


def test_failed_fits_of_several_are_values(simulated):
    frame = simulated.panel.assign(nothing=np.nan)
    result = hw.fits("c(log(activity), nothing) ~ turnover | trust", frame, unit="trust", time="quarter")
    good, bad = result.fits.values()
    assert bad.status == "failed" and bad.error.code and str(bad.error) in repr(bad)
    with pytest.raises(hw.HeadwaterError):
        _ = bad.coefficients
    assert set(result.coefficients["fit"]) == {good.name}
