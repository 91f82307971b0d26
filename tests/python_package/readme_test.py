"""The Python of the READMEs runs as it is written, and type checkers accept it."""

import importlib.util
import re
import shutil
import subprocess
import sys

import pytest

import headwater as hw
from conftest import SOURCE


def python_readme():
    return re.search(r"```python\n(.*?)```", (SOURCE / "src/python/README.md").read_text(), re.S)[1]


def root_readme():
    section = (SOURCE / "README.md").read_text().split("## Python")[1].split("\n## ")[0]
    return "".join(line[4:] + "\n" for line in section.splitlines() if line.startswith("    ") and not line.startswith("    pip "))


BLOCKS = {"python": python_readme, "root": root_readme}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A folder as the READMEs mean it: configurations, models and a result of the demo."""
    for name in ("configs", "models"):
        shutil.copytree(SOURCE / name, tmp_path / name)
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_readme_runs(study):
    exec(compile(python_readme(), "README.md", "exec"), {})
    assert {path.name for path in study.glob("*.*")} == {"table.tex", "result.h5", "report.html", "summary.html"}


def test_root_readme_runs(study):
    panel = hw.simulate("nhs", trusts=60, quarters=16).panel
    hw.run("configs/demo.cfg", data=panel, output_report=None)
    frame = panel.assign(y=panel["activity"], x=panel["turnover"])
    exec(compile(root_readme(), "README.md", "exec"), {"frame": frame})
    assert (study / "table.tex").read_text().startswith("% \\usepackage{booktabs")


def checked(tool, words, folder, block):
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    declared = "import pandas as pd\nfrom typing import cast\nframe = cast(pd.DataFrame, None)\n" if "simulate" not in block else ""
    (folder / "example.py").write_text(declared + block)
    done = subprocess.run([sys.executable, "-m", tool, *words, "example.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", BLOCKS)
def test_mypy_accepts_the_examples(name, tmp_path):
    checked("mypy", ["--strict", "--cache-dir", str(tmp_path / "cache"), "--disable-error-code", "import-untyped"], tmp_path, BLOCKS[name]())


@pytest.mark.parametrize("name", BLOCKS)
def test_pyright_accepts_the_examples(name, tmp_path):
    (tmp_path / "pyrightconfig.json").write_text('{"reportUnusedExpression": false}')
    checked("pyright", ["--pythonpath", sys.executable], tmp_path, BLOCKS[name]())
