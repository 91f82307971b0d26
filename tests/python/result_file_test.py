"""A result file opens in h5py and in xarray with labelled axes."""

import h5py
import numpy as np
import pytest
import xarray


@pytest.fixture(params=["h5netcdf", "netcdf4"])
def engine(request):
    return request.param


@pytest.fixture
def fit_group(example, engine):
    with xarray.open_dataset(example, group="/fits/workforce", engine=engine) as dataset:
        yield dataset.load()


def test_xarray_has_text_labels(fit_group):
    assert list(fit_group.term.values) == ["x", "log(é)", "(Intercept)"]
    assert list(fit_group.year.values) == [2013, 2014]
    assert fit_group.driver.sel(term="x").item() == "workforce"


def test_xarray_selects_off_diagonal_elements_by_label(fit_group):
    vcov = fit_group.vcov
    assert vcov.dims == ("term", "term_2")
    assert vcov.sel(term="x", term_2="log(é)").item() == 0.5
    assert vcov.sel(term="x", term_2="(Intercept)").item() == 0.25
    assert vcov.sel(term="log(é)", term_2="(Intercept)").item() == 0.125
    assert vcov.sel(term=["x", "(Intercept)"], term_2=["x", "(Intercept)"]).values.tolist() == [[4, 0.25], [0.25, 16]]


def test_xarray_has_descriptions_units_and_attributes(fit_group):
    assert fit_group.estimate.attrs["unit"] == "log points"
    assert fit_group.estimate.attrs["description"] == "coefficients"
    assert fit_group.attrs["estimator"] == "within"
    assert fit_group.attrs["nobs"] == 1000
    assert list(fit_group.attrs["models"]) == ["a", "", "ü"]


def test_xarray_keeps_numbers_bit_for_bit(fit_group):
    assert fit_group.estimate.values[0] == 0.1
    assert np.isnan(fit_group.estimate.values[1])
    assert fit_group.estimate.values[2] == -np.inf
    assert fit_group.rows.values.tolist() == [7, -9007199254740993]


def test_xarray_finds_axes_of_outer_groups(example, engine):
    with xarray.open_dataset(example, group="/fits/workforce/tests", engine=engine) as dataset:
        assert dataset.mde.dims == ("term",)


def test_xarray_opens_the_whole_tree(example, engine):
    with xarray.open_datatree(example, engine=engine) as tree:
        assert tree["/fits/workforce"].ds.vcov.shape == (3, 3)
        assert tree["/run"].ds.config.item().startswith("[data]")


def test_h5py_sees_scales_filters_and_provenance(example):
    with h5py.File(example) as file:
        assert file.attrs["complete"] == 1
        assert file.attrs["format"].decode() == "headwater.result"
        assert len(file.attrs["content_sha256"]) == 64
        vcov = file["/fits/workforce/vcov"]
        assert [scale[0].name for scale in vcov.dims] == ["/fits/workforce/term", "/fits/workforce/term_2"]
        assert vcov.fletcher32 and vcov.shuffle and vcov.compression == "gzip"
        assert file["/fits/workforce/term"].asstr()[1] == "log(é)"
        assert vcov[0, 1] == 0.5


def test_the_same_result_gives_the_same_bytes(library, example, tmp_path):
    library("example", tmp_path / "again.h5")
    assert (tmp_path / "again.h5").read_bytes() == example.read_bytes()
