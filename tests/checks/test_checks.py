# SPDX-License-Identifier: Apache-2.0
"""The checks find what they are for, and let pass what is right."""

import json
import shutil
import subprocess

import clang_tidy
import conventions
import format as clang_format
import kernels
import layers
import prose
import pytest
import sizes
import tree
import workflows


@pytest.fixture
def found(tmp_path, monkeypatch, capsys):
    """Writes the files given (path: text) into an empty repository and gives the findings of a check there."""
    monkeypatch.setattr(tree, "ROOT", tmp_path)

    def run(check, files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        with pytest.raises(SystemExit) as end:
            check.main()
        findings = capsys.readouterr().out.splitlines()
        assert end.value.code == (1 if findings else 0)
        return findings

    return run


def function(lines):
    return "int f(int a) {\n" + "    a += 1;\n" * (lines - 2) + "}\n"


def test_a_layer_includes_itself_and_those_below(found):
    assert found(layers, {
        "src/base/a.hpp": "",
        "src/data/b.hpp": '#include <vector>\n#include "base/a.hpp"\n#include "data/c.hpp"\n',
        "src/data/c.hpp": "",
    }) == []


def test_a_layer_above_is_found(found):
    assert found(layers, {"src/base/a.hpp": '\n#include "data/b.hpp"\n', "src/data/b.hpp": ""}) == [
        'src/base/a.hpp:2: includes "data/b.hpp": data is above base']


@pytest.mark.parametrize("include", ['"b.hpp"', '"../base/b.hpp"', '"other/b.hpp"'])
def test_a_path_not_relative_to_src_is_found(found, include):
    assert found(layers, {"src/base/a.hpp": f"#include {include}\n", "src/base/b.hpp": ""}) == [
        f"src/base/a.hpp:1: includes {include}: paths are relative to src/ and name a layer"]


def test_onednn_is_found_outside_its_place(found):
    assert len(found(layers, {"src/learners/linear/a.cpp": "#include <dnnl.h>\n"})) == 1
    assert found(layers, {"src/learners/linear/a.cpp": "", "src/learners/network/a.cpp": "#include <dnnl.h>\n"}) == []


def test_a_binding_includes_its_own_files_and_the_public_header(found):
    files = {"bindings/cli/a.cpp": '#include <moodleml/moodleml.h>\n#include "b.hpp"\n', "bindings/cli/b.hpp": "", "src/base/a.hpp": ""}
    assert found(layers, files) == []
    files["bindings/cli/b.hpp"] = '#include "../../src/base/a.hpp"\n#include <base/a.hpp>\n'
    assert len(found(layers, files)) == 2


def test_a_function_of_50_lines_passes_and_one_of_51_is_found(found):
    assert found(sizes, {"a.cpp": function(50)}) == []
    assert found(sizes, {"a.cpp": "\n" + function(51)}) == ["a.cpp:2: 51 lines, 50 are allowed: f"]


@pytest.mark.parametrize("opening, closing", [
    ("namespace mml {\nnamespace {\nclass Long {\n    void f() {\n", "    }\n};\n}\n}\n"),
    ("Long::Long(int a)\n    : a_(a),\n      b_{a} {\n", "}\n"),
    ('TEST_CASE("a } in quotes") {\n', "}\n"),
    ('extern "C" {\nint f(int a) {\n', "}\n}\n"),
    ("void f() {\n    run([&](int a) {\n", "    });\n}\n"),
    ("template <typename T>\nrequires std::integral<T>\nT f(T a)\n{\n", "}\n"),
])
def test_every_form_of_a_long_function_is_found(found, opening, closing):
    assert len(found(sizes, {"a.hpp": opening + "        step();\n" * 50 + closing})) == 1


def test_a_long_table_or_class_is_no_function(found):
    table = "const Option table[] = {\n" + '    {"a", 1},\n' * 60 + "};\n"
    assert found(sizes, {"a.cpp": table, "b.hpp": "class A {\n" + "    int f() { return 1; }\n" * 60 + "};\n"}) == []


def test_long_functions_of_other_languages_are_found(found):
    assert len(found(sizes, {"a.py": "def f():\n" + "    pass\n" * 50})) == 1
    assert len(found(sizes, {"a.py": "", "a.sh": "f() {\n" + "    true\n" * 50 + "}\n"})) == 1
    assert len(found(sizes, {"a.sh": "", "a.php": "<?php\nfunction f(int $a): int\n{\n" + "    g();\n" * 50 + "}\n"})) == 1


def test_a_file_of_401_lines_is_found(found):
    assert found(sizes, {"a.cpp": "//\n" * 400}) == []
    assert found(sizes, {"a.cpp": "//\n" * 401}) == ["a.cpp: 401 lines, 400 are allowed"]


LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


def test_a_source_without_licence_is_found(found):
    assert found(conventions, {"a.cpp": LICENCE, "b.php": "<?php\n" + LICENCE, "c": "#!/bin/sh\n" + LICENCE, "d": "data\n"}) == []
    assert found(conventions, {"a.cpp": "\n\n" + LICENCE, "c": "#!/bin/sh\n"}) == [
        'a.cpp: has no line "SPDX-License-Identifier: Apache-2.0"', 'c: has no line "SPDX-License-Identifier: Apache-2.0"']


def test_the_moodle_plugin_alone_has_its_own_licence(found):
    moodle = LICENCE.replace("Apache-2.0", "GPL-3.0-or-later")
    plugin = "bindings/moodle/"
    head = "<?php\n" + "//\n" * 18 + " * "
    right = {plugin + "a.sh": moodle, plugin + "classes/b.php": head + moodle.lstrip("/ ")}
    assert found(conventions, {"bindings/README.md": "", plugin + "README.md": "", **right}) == []
    wrong = {plugin + "c.php": LICENCE, plugin + "d.php": head + " *\n" + moodle, "bindings/a.sh": moodle}
    assert [finding.split(":")[0] for finding in found(conventions, wrong)] == ["bindings/a.sh", plugin + "c.php", plugin + "d.php"]


def test_a_link_is_judged_where_it_leads(found, tmp_path):
    (tmp_path / "bindings/moodle").mkdir(parents=True)
    (tmp_path / "bindings/moodle/b.php").symlink_to("../php/b.php")
    assert found(conventions, {"bindings/php/b.php": "<?php\n" + LICENCE, "bindings/README.md": "", "bindings/php/README.md": ""}) == []


def test_a_folder_without_readme_is_found(found):
    assert found(conventions, {"src/README.md": "", "src/base/a.cpp": LICENCE, "include/a.h": LICENCE}) == ["src/base/: has no README.md"]


def test_many_casts_are_found(found):
    casts = "long f(int a) { return static_cast<long>(a); }\n"
    files = {"src/README.md": "", "src/base/README.md": "", "src/base/a.cpp": LICENCE + casts * 12 + "//\n" * 987}
    assert found(conventions, files) == []
    assert found(conventions, {"src/base/a.cpp": LICENCE + casts * 13 + "//\n" * 986}) == [
        "src/: 13 casts in 1000 lines, 12 in a thousand are allowed: choose types that need none"]


def test_a_path_of_one_machine_is_found(found):
    for text in ("see /ho" + "me/user/a", '"/tm' + 'p/a"', "cd /wo" + "rk/main", "https://py" + "pi.org/simple"):
        assert len(found(conventions, {"a.md": text})) == 1, text
    for text in ("tests/work/a", '"$root/tmp/a"', "{}/home/a", "a network/root/x", "https://example.org/tmp/a"):
        assert found(conventions, {"a.md": text}) == [], text


def test_what_git_ignores_is_not_looked_at(found):
    assert found(conventions, {"build/a.cpp": "", "build-asan/a.cpp": "", ".git/a.cpp": "", "tests/__pycache__/a.py": ""}) == []


def test_a_build_without_kernels_is_found(found, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["kernels.py", str(tmp_path)])
    assert len(found(kernels, {})) == 1


@pytest.mark.parametrize("declared, weak", [("inline", True), ("static", False)])
def test_code_of_kernels_that_other_files_may_get_is_found(found, tmp_path, monkeypatch, declared, weak):
    source, folder = tmp_path / "kernels_avx2.cpp", tmp_path / "src/CMakeFiles/moodleml_ensemble.dir"
    source.write_text(f"{declared} int shared(int a) {{ return a + 1; }}\nint kernel(int a) {{ return shared(a); }}\n")
    folder.mkdir(parents=True)
    subprocess.run(["c++", "-O0", "-c", str(source), "-o", str(folder / "kernels_avx2.o")], check=True)
    monkeypatch.setattr("sys.argv", ["kernels.py", str(tmp_path)])
    findings = found(kernels, {})
    assert len(findings) == weak and all("shared(int)" in finding for finding in findings)


def test_the_templates_of_a_level_are_its_own(found, tmp_path, monkeypatch):
    source, folder = tmp_path / "product_avx512.cpp", tmp_path / "src/CMakeFiles/moodleml_learners.dir"
    folder.mkdir(parents=True)
    monkeypatch.setattr("sys.argv", ["kernels.py", str(tmp_path)])
    for level, weak in (("avx512", 0), ("avx2", 1)):
        source.write_text(f"namespace Eigen_{level} {{ inline int f(int a) {{ return a + 1; }} }}\nint g(int a) {{ return Eigen_{level}::f(a); }}\n")
        subprocess.run(["c++", "-O0", "-c", str(source), "-o", str(folder / "product_avx512.o")], check=True)
        assert len(found(kernels, {})) == weak


def test_what_clang_format_would_change_is_found(found):
    files = {".clang-format": (tree.Path(__file__).parents[2] / ".clang-format").read_text()}
    assert found(clang_format, {**files, "a.cpp": "int f(int a) { return a; }\n"}) == []
    findings = found(clang_format, {"b.hpp": "int   f( int a ){return a;}\n"})
    assert findings[0].startswith("b.hpp:1:") and findings[-1] == "mend with: clang-format -i FILE"


@pytest.fixture
def build(tmp_path):
    """A repository of one source and a build folder that compiles it."""
    root = tree.Path(__file__).parents[2]
    shutil.copy(root / ".clang-tidy", tmp_path)
    folder, source = tmp_path / "build", tmp_path / "src/a.cpp"
    folder.mkdir()
    (folder / "compile_commands.json").write_text(json.dumps([
        {"directory": str(folder), "command": f"c++ -MD -MF a.d -o a.o -c {source}", "file": str(source)}]))
    (folder / "build.ninja").write_text(
        f"rule cc\n  command = c++ -MD -MF a.d -o $out -c $in\n  deps = gcc\n  depfile = a.d\nbuild a.o: cc {source}\n")
    return folder


def test_what_clang_tidy_finds_comes_back_until_it_is_mended(found, build, monkeypatch):
    monkeypatch.setattr("sys.argv", ["clang_tidy.py", str(build)])
    source = build.parent / "src/a.cpp"
    wrong = {"src/a.cpp": "int BadName(int a) {\n    return a;\n}\n"}
    for _ in range(2):
        findings = found(clang_tidy, wrong)
        assert findings and f"{source}:1:5" in findings[0] and "BadName" in findings[0]
    right = {"src/a.cpp": "int good_name(int a) {\n    return a;\n}\n"}
    source.write_text(right["src/a.cpp"])
    subprocess.run(["ninja", "-C", str(build)], check=True, capture_output=True)
    assert found(clang_tidy, right) == []
    # Clean states are remembered, and only by all that they depend on.
    assert len([path for path in (build / "clang-tidy").iterdir() if path.suffix == ""]) == 1
    source.write_text(wrong["src/a.cpp"])
    clang_tidy.digest.cache_clear()  # each run of the script is a process of its own
    assert any("BadName" in finding for finding in found(clang_tidy, wrong))


SENTENCE = "The library reads a file" + " and more" * 10 + ".\n"  # 25 words


def test_a_sentence_of_25_words_passes_and_one_of_31_is_found(found):
    assert found(prose, {"README.md": SENTENCE * 3}) == []
    long = SENTENCE.replace(".", " and one and two and three.")
    assert found(prose, {"README.md": "# Title\n\n" + long})[0].startswith("README.md:3: 31 words, 30 are allowed: The library")


def test_two_sentences_of_26_to_30_words_pass_and_three_are_found(found):
    longer = SENTENCE.replace(".", " and this.")
    assert found(prose, {"README.md": longer * 2}) == []
    assert len(found(prose, {"README.md": longer * 3})) == 3


def test_code_tables_and_addresses_are_no_sentences(found):
    many = "word " * 40
    link = f"See [the guide](https://example.org/{'long/' * 40}) and `{many}`.\n"
    assert found(prose, {"README.md": f"```\n{many}\n```\n\n    {many}\n\n| {many} | a |\n\n# {many}\n\n{link}"}) == []


def test_items_of_a_list_are_sentences_of_their_own(found):
    assert found(prose, {"README.md": "It needs:\n\n" + f"- {'word ' * 20}\n" * 3 + f"1. {'word ' * 20}\n"}) == []
    assert len(found(prose, {"README.md": f"- {'word ' * 20}\n  {'word ' * 20}\n"})) == 1


@pytest.mark.parametrize("text", ["The message tells why.", "It is told apart.", "A share is no count.", "See the line beside it.",
                                  "Of these two count.", "Who runs it wins.", "What fails is shown.", "| a | it stands here |",
                                  "It ends, for it is done.", "The value and that of the other."])
def test_words_to_avoid_are_found(found, text):
    assert len(found(prose, {"README.md": text + "\n"})) == 1


@pytest.mark.parametrize("text", ["What does it cost?", "It is no longer there.", "Use `tell()` for it.", "A server for its users is there."])
def test_what_only_looks_like_words_to_avoid_passes(found, text):
    assert found(prose, {"README.md": text + "\n"}) == []


def test_comments_of_headers_help_of_options_messages_and_strings_of_the_plugin_are_read(found):
    table = "constexpr double most = 1;  // tells nothing\n    {seed, \"seed\", integer,\n     \"The seed, which tells.\", \"0\"},\n"
    assert found(prose, {
        "include/a.h": "// SPDX-License-Identifier: tells\n#define TELLS 1\n/** Reads.\n *\n *  It tells. */\nint tells(void);\n",
        "include/b.hpp": "int a;  ///< fine\n/// Fine, but\n/// it tells.\n",
        "src/config/options.cpp": table,
        "src/config/other.cpp": '// tells "this tells"\nfail("it tells ", "tells");\n',
        "bindings/moodle/lang/en/a.php": "<?php\n$string['tells'] = 'It\\'s told by {$a->tells}.';\n",
    }) == [
        "bindings/moodle/lang/en/a.php:2: \"told\" (report, say, show): It's told by `x`.",
        'include/a.h:5: "tells" (report, say, show): It tells.',
        'include/b.hpp:2: "tells" (report, say, show): Fine, but it tells.',
        'src/config/options.cpp:3: "tells" (report, say, show): The seed, which tells.',
        'src/config/other.cpp:2: "tells" (report, say, show): it tells ',
    ]


def workflow(*steps):
    head = "name: a\non: push\npermissions: {}\nconcurrency: a\njobs:\n  a:\n    name: a\n    runs-on: ubuntu-latest\n    steps:\n"
    return head + "".join(f"      - {step}\n" for step in steps)


def test_a_workflow_that_lets_a_stranger_run_code_is_found(found):
    findings = found(workflows, {".github/workflows/a.yml": workflow("run: echo ${{ github.event.pull_request.title }}")})
    assert any("template-injection" in finding for finding in findings)


def test_a_workflow_that_is_right_passes(found):
    assert found(workflows, {".github/workflows/a.yml": workflow("run: echo right")}) == []


def test_a_repository_without_workflows_is_found(found):
    assert found(workflows, {}) == [".github/workflows: there are no workflows"]
