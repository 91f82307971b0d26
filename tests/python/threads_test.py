"""Every numeric data set of a result file has the same bits whatever the number of threads."""

import h5py
import pytest


@pytest.fixture(scope="module")
def simulated(command, tmp_path_factory):
    path = tmp_path_factory.mktemp("threads") / "panel.csv"
    command("simulate", "--output", path, "--trusts", 50, "--quarters", 12)
    return path


def numbers(path):
    found = {}

    def keep(name, node):
        if isinstance(node, h5py.Dataset) and node.dtype.kind in "fiu":
            found[name] = node[()].tobytes()

    with h5py.File(path) as file:
        file.visititems(keep)
    return found


def test_result_files(command, simulated, tmp_path):
    contents = []
    for threads in (1, 2, 7):
        path = tmp_path / f"{threads}.h5"
        command("run", "configs/demo.cfg", "--data.file", simulated, "--output.result", path, "--run.threads", threads)
        contents.append(numbers(path))
    assert len(contents[0]) > 100
    assert contents[0] == contents[1]
    assert contents[0] == contents[2]
