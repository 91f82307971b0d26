"""hw.open gives what hw.fit gave, also where the compiled module is not there, and refuses files that are not sound."""

import os
import subprocess
import sys

import h5py
import numpy as np
import pytest

import headwater as hw
from conftest import SOURCE
from headwater import reader

TABLES = ["coefficients", "not_identified", "vcov_matrix", "tests", "movers", "variation", "effects", "sample", "rows", "notes"]


def test_a_file_gives_what_the_fit_gave(triplet, triplet_file):
    with hw.open(triplet_file) as stored:
        assert list(stored.fits) == list(triplet.fits)
        for name, fit in triplet.fits.items():
            for table in TABLES:
                assert getattr(stored.fits[name], table).equals(getattr(fit, table)), (name, table)
            assert stored.fits[name].glance().equals(fit.glance())
            assert list(stored.fits[name].decompositions) == list(fit.decompositions)
            for method, decomposition in fit.decompositions.items():
                twin = stored.decompositions[name][method]
                assert twin.components.equals(decomposition.components)
                assert twin.covariance.equals(decomposition.covariance)
                assert (twin.total, twin.call, twin.choices) == (decomposition.total, decomposition.call, decomposition.choices)
        assert stored.summary() == triplet.summary()
        assert stored.json == triplet.json
        assert stored.config == triplet.config


def test_datasets_have_labelled_axes(triplet, triplet_file):
    with hw.open(triplet_file) as stored:
        for result in (triplet, stored):
            fit = next(iter(result.fits.values()))
            first, second = fit.coefficients["term"][:2]
            dataset = fit.dataset
            assert dataset["vcov"].sel(term=first, term_2=second).item() == fit.vcov_matrix.loc[first, second]
            assert dataset["estimate"].attrs["unit"]
            assert dataset.attrs["formula"] == fit.formula
            assert result.dataset(f"/fits/{fit.name}/tests")["p_value"].dims == ("test",)


def test_xarray_opens_the_same_group(triplet_file):
    import xarray

    with hw.open(triplet_file) as stored:
        name = next(iter(stored.fits))
        with xarray.open_dataset(triplet_file, group=f"/fits/{name}", engine="h5netcdf") as dataset:
            ours = stored.fits[name].dataset
            assert set(ours.variables) == set(dataset.variables)
            assert np.array_equal(ours["vcov"].values, dataset["vcov"].values)


def test_decompositions_go_by_method_too(triplet):
    fit = next(iter(triplet.fits.values()))
    assert fit.decompositions["change"].name == "1_change"
    with pytest.raises(KeyError, match="there is no 'chnge'"):
        fit.decompositions["chnge"]
    with pytest.raises(KeyError, match="did you mean"):
        triplet.fits[fit.name + "x"]


SCRIPT = """
import sys
import headwater as hw
assert "headwater._core" not in sys.modules
assert hw.__file__.startswith(sys.argv[2]), hw.__file__
with hw.open(sys.argv[1]) as result:
    fit = next(iter(result.fits.values()))
    print(fit.coefficients.to_csv())
    print(fit.decompositions["change"].components.to_csv())
    print(len(result._repr_html_()) > 100, fit.dataset.sizes["term"], result.suspicions.shape[1])
    try:
        result.summary()
    except hw.HeadwaterError as error:
        print(error.code)
"""


def test_reading_works_without_the_compiled_module(triplet, triplet_file):
    package = SOURCE / "src/python"
    done = subprocess.run([sys.executable, "-c", SCRIPT, triplet_file, str(package)], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(package)})
    assert done.returncode == 0, done.stderr
    fit = next(iter(triplet.fits.values()))
    assert fit.coefficients.to_csv() in done.stdout
    assert done.stdout.splitlines()[-1] == "python.not_compiled"


def test_h5py_and_the_compiled_hdf5_share_a_process(triplet, tmp_path):
    """Two copies of HDF5 in one process, used in turns."""
    for i in range(3):
        with h5py.File(tmp_path / f"other{i}.h5", "w") as file:
            file["x"] = np.arange(5)
            triplet.save(tmp_path / f"result{i}.h5")
            file["y"] = np.arange(7)
            with hw.open(tmp_path / f"result{i}.h5") as stored:
                assert stored.summary() == triplet.summary()
        with h5py.File(tmp_path / f"other{i}.h5") as file:
            assert file["y"][()].tolist() == list(range(7))


def damaged(triplet_file, tmp_path, change):
    path = tmp_path / "changed.h5"
    path.write_bytes(triplet_file.read_bytes())
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def replace(name, make):
    def change(file):
        del file[name]
        make(file)

    return change


def virtual(file):
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "x", shape=(3,))
    file.create_virtual_dataset("data/lost_rows", layout)


REFUSED = {
    "hdf5.link": lambda file: file.__setitem__("fits/stranger", h5py.ExternalLink("/etc/passwd", "/x")),
    "hdf5.virtual_dataset": replace("data/lost_rows", virtual),
    "hdf5.external_storage": lambda file: file["data"].create_dataset("x", (2,), dtype="f8", external=[("elsewhere", 0, 16)]),
    "hdf5.filter": lambda file: file["data"].create_dataset("x", data=np.zeros(9), compression="lzf"),
    "hdf5.shape": lambda file: file["data"].create_dataset("x", (10**9,), dtype="f8", chunks=(10,)),
    "hdf5.incomplete": lambda file: file.attrs.__setitem__("complete", 0),
    "hdf5.newer_format": lambda file: file.attrs.__setitem__("format_version", 99),
    "hdf5.wrong_format": lambda file: file.attrs.__delitem__("format"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_unsound_files_are_refused(triplet_file, tmp_path, code):
    path = damaged(triplet_file, tmp_path, REFUSED[code])
    with pytest.raises(hw.HeadwaterError) as caught:
        hw.open(path)
    assert caught.value.code == code and caught.value.file == str(path)


def sealed(path):
    """The file with the hash of what it holds now, as a stranger could make it."""
    with h5py.File(path, "r+") as file:
        content = reader._Hash()
        content.node(reader._Reader(file, str(path)).node(file["/"], "", {}), root=True)
        file.attrs.modify("content_sha256", np.bytes_(content.sha.hexdigest()))
    return path


def on_axis(group, name, axis, values):
    about = dict(group[name].attrs)
    for dim in group[name].dims:
        for scale in list(dim.values()):
            dim.detach_scale(scale)
    del group[name]
    made = group.create_dataset(name, data=values)
    for key in ("description", "unit"):
        made.attrs.create(key, about[key])
    for d, each in enumerate(axis):
        made.dims[d].attach_scale(group[each])


def wrong_axis(file):
    fit = file["fits"][next(iter(file["fits"]))]
    on_axis(fit, "estimate", ["cluster"], np.ones(fit["cluster"].shape))


def wrong_code(file):
    tests = file["fits"][next(iter(file["fits"]))]["rows"]
    on_axis(tests, "panel_row", ["row"], np.full(tests["row"].shape, -1))


def wrong_kind(file):
    fit = file["fits"][next(iter(file["fits"]))]
    on_axis(fit, "std_error", ["term"], np.ones(fit["term"].shape, dtype="<i8"))


DEPARTURES = {
    r"/estimate' lies on axis cluster, not term": wrong_axis,
    r"/rows/panel_row' holds -1, which is not 0\.\.": wrong_code,
    r"/std_error' holds integers, not numbers": wrong_kind,
    r"'/data/lost_rows' is missing": lambda file: file.__delitem__("data/lost_rows"),
    r"'/data/stranger' is not in the schema": lambda file: file["data"].create_group("stranger", track_order=True),
}


@pytest.mark.parametrize("sentence", DEPARTURES)
def test_files_that_depart_from_the_schema_are_refused(triplet_file, tmp_path, sentence):
    path = sealed(damaged(triplet_file, tmp_path, DEPARTURES[sentence]))
    with pytest.raises(hw.HeadwaterError, match=sentence) as caught:
        hw.open(path)
    assert caught.value.code == "result.schema"


def test_a_flipped_bit_is_one_kind_of_error(triplet_file, tmp_path):
    """The answer of the file as it was, or a HeadwaterError; nothing of h5py's."""
    whole = triplet_file.read_bytes()
    random = np.random.default_rng(20260212)
    refused = 0
    for at in random.integers(len(whole), size=200):
        path = tmp_path / "flipped.h5"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << random.integers(8)]) + whole[at + 1:])
        try:
            hw.open(path)
        except hw.HeadwaterError:
            refused += 1
    assert refused > 120


def test_files_that_are_none(tmp_path):
    with pytest.raises(hw.HeadwaterError, match="no such file") as caught:
        hw.open(tmp_path / "absent.h5")
    assert (caught.value.kind, caught.value.code) == ("io", "io.cannot_read")
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(hw.HeadwaterError, match="is not an HDF5 file"):
        hw.open(tmp_path / "text.h5")


def test_a_stored_result_has_no_data_to_decompose(triplet_file):
    with hw.open(triplet_file) as stored, pytest.raises(hw.HeadwaterError, match="holds no data; name the decompositions"):
        next(iter(stored.fits.values())).decompose("change")
