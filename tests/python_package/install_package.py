"""Builds the wheel against the library of a build folder and installs it into a fresh virtual environment.

Nothing is compiled but the bindings (HEADWATER_BUILD names the library), and nothing is downloaded: the environment borrows the
packages of the Python that runs this. Left as it is when neither the library nor the package changed.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import venv


def stamp_of(source, build):
    """A hash of what the wheel is made of."""
    parts = [build / "src/libheadwater.a", source / "pyproject.toml", source / "CMakeLists.txt", pathlib.Path(__file__)]
    parts += sorted(p for p in (source / "src/python").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    digest = hashlib.sha256(sys.version.encode())
    for part in parts:
        digest.update(f"{part.name} {part.stat().st_size}".encode() + hashlib.sha256(part.read_bytes()).digest())
    return digest.hexdigest()


def pip(*words):
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words)], check=True)


def build_wheel(source, build, folder):
    shutil.rmtree(folder, ignore_errors=True)
    pip("wheel", source, "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder,
        "--config-settings", f"cmake.define.HEADWATER_BUILD={build}", "--config-settings", f"build-dir={folder.parent}/build")
    (wheel,) = folder.glob("headwater-*.whl")
    return wheel


def fresh_environment(folder):
    """A virtual environment without pip that sees the packages of this Python after its own."""
    venv.create(folder, clear=True, symlinks=True, with_pip=False)
    python = folder / "bin/python"
    purelib = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True,
                             capture_output=True, text=True).stdout.strip()
    pathlib.Path(purelib, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("source", "build", "environment"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    given = parser.parse_args()
    marker, stamp = given.environment / "headwater.stamp", stamp_of(given.source, given.build)
    if marker.exists() and marker.read_text() == stamp:
        return
    wheel = build_wheel(given.source, given.build, given.environment.parent / "wheel")
    python = fresh_environment(given.environment)
    pip("--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    marker.write_text(stamp)


if __name__ == "__main__":
    main()
