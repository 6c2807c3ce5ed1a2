# SPDX-License-Identifier: Apache-2.0
"""Writes the software bill of materials of a release as CycloneDX 1.5: sbom.py VERSION DIRECTORY OUTPUT.

It lists the files in DIRECTORY with their SHA-256, and what is compiled in or lies beside the library: Debian's packages with the
versions of this machine, and the parts of Zig. The same inputs give the same bytes.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
#: Debian's packages, their licences, and where they are.
DEBIAN = {
    "libeigen3-dev": ("MPL-2.0", "compiled in"),
    "nlohmann-json3-dev": ("MIT", "compiled in"),
    "libcli11-dev": ("BSD-3-Clause", "compiled into the program"),
    "libdnnl2": ("Apache-2.0", "in the folder for glibc 2.36; the Debian packages need it"),
    "libgomp1": ("GPL-3.0-or-later WITH GCC-exception-3.1", "in the folder for glibc 2.36; the Debian packages need it"),
    "ocl-icd-libopencl1": ("BSD-2-Clause", "in the folder for glibc 2.36"),
    "zlib1g": ("Zlib", "in the folder for glibc 2.36; the Debian packages need it"),
}
#: What Zig compiles into the builds of cross.sh.
ZIG = {
    "libc++": "Apache-2.0 WITH LLVM-exception",
    "libc++abi": "Apache-2.0 WITH LLVM-exception",
    "libunwind": "Apache-2.0 WITH LLVM-exception",
    "musl": "MIT",
}


def component(name, version, licence, place, **more):
    """Something that is not ours."""
    return {"type": "library", "bom-ref": f"{name}@{version}", "name": name, "version": version,
            "licenses": [{"expression": licence}], "properties": [{"name": "libmoodleml:place", "value": place}], **more}


def debian_components():
    for name, (licence, place) in DEBIAN.items():
        told = subprocess.run(["dpkg-query", "--show", "--showformat", "${Version}\n", name], check=True, capture_output=True, text=True)
        version = told.stdout.split()[0]
        yield component(name, version, licence, place, purl=f"pkg:deb/debian/{name}@{version}")


def requirement(file, package):
    """The version of a package in one of our lists."""
    return re.search(rf"^{package}==(\S+)", (ROOT / "cmake" / file).read_text(), re.MULTILINE)[1]


def compiled_components():
    zig = requirement("requirements-zig.txt", "ziglang")
    for name, licence in ZIG.items():
        yield component(name, f"ziglang-{zig}", licence, "compiled into what cross.sh builds")
    pybind11 = requirement("requirements-wheels.txt", "pybind11")
    yield component("pybind11", pybind11, "BSD-3-Clause", "compiled into the wheels", purl=f"pkg:pypi/pybind11@{pybind11}")
    zlib = re.search(r"file=zlib_([\d.]+)\.dfsg", (ROOT / "cmake" / "cross.sh").read_text())[1]
    yield component("zlib", zlib, "Zlib", "compiled into what cross.sh builds", purl=f"pkg:generic/zlib@{zlib}")


def files(directory):
    for path in sorted(directory.iterdir()):
        if path.suffix != ".sha256" and not path.name.endswith(".cdx.json") and not path.name.startswith("SHA256SUMS"):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield {"type": "file", "bom-ref": f"file:{path.name}", "name": path.name, "hashes": [{"alg": "SHA-256", "content": digest}]}


def bill(version, directory):
    ours = {"type": "library", "bom-ref": "libmoodleml", "name": "libmoodleml", "version": version,
            "licenses": [{"expression": "Apache-2.0"}]}
    components = [*debian_components(), *compiled_components(), *files(directory)]
    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([version, components]))
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": f"urn:uuid:{serial}", "version": 1,
            "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": ours}, "components": components,
            "dependencies": [{"ref": "libmoodleml", "dependsOn": [c["bom-ref"] for c in components if c["type"] == "library"]}]}


def main():
    version, directory, output = sys.argv[1:]
    content = bill(version, pathlib.Path(directory))
    pathlib.Path(output).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
