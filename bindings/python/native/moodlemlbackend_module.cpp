// SPDX-License-Identifier: Apache-2.0
// moodlemlbackend._native: the calls that Moodle makes on a model directory, and what a host needs beside them. Imports
// nothing, so that a process for one call starts fast.
#include <filesystem>
#include <optional>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <string>
#include <tuple>
#include <utility>

#include "errors.hpp"
#include "library.hpp"
#include "options.hpp"
#include "progress.hpp"

namespace py = pybind11;

namespace mml::python {

namespace {

using Path = std::filesystem::path;
using AnswerParts = std::tuple<int, std::string, std::string>;

AnswerParts parts_of(const moodleml::Answer& answer) {
    return {answer.status(), answer.json(), moodleml::status_name(answer.reason())};
}

// A list as an environment variable has it, and more options that count instead of those in it.
class OptionList {
public:
    explicit OptionList(std::string list = {}, Options more = {}) : list_(std::move(list)), more_(std::move(more)) {
        config();
    }
    explicit OptionList(Options options) : more_(std::move(options)) {}

    // A call judges what is added: a client may have asked for it, and gets the call's answer.
    OptionList including(const Options& more) const {
        OptionList all = *this;
        for (const auto& [name, value] : more) all.more_[name] = value;
        return all;
    }

    moodleml::Config config() const {
        moodleml::Config config;
        if (!list_.empty()) config.set_list(list_);
        return std::move(set_options(config, more_));
    }

private:
    std::string list_;
    Options more_;
};

// What a call answers, made without the GIL.
template <typename Call>
AnswerParts answered(const OptionList& options, Call call) {
    const moodleml::Config config = options.config();
    const py::gil_scoped_release without_gil;
    return parts_of(call(config));
}

AnswerParts refuse(const std::string& message, bool is_evaluation) {
    return parts_of(moodleml::moodle::refuse(is_evaluation ? MML_MOODLE_EVALUATION : MML_MOODLE_CALL, message));
}

AnswerParts missing_arguments(const std::string& expected) {
    return parts_of(moodleml::moodle::refuse(MML_MOODLE_ARGUMENTS, expected));
}

void add_options(py::module_& module) {
    using py::operator""_a;
    py::class_<OptionList>(module, "Options",
                           "Options of the library, from a list such as threads=1,time_limit=600, or by name.")
        .def(py::init<std::string, Options>(), "list"_a = "", "more"_a = Options())
        .def(py::init<Options>(), "options"_a)
        .def("including", &OptionList::including, "more"_a,
             "A copy with more options, which count instead of those that it has.");
    py::implicitly_convertible<py::dict, OptionList>();
}

AnswerParts train(const Path& directory, const Path& dataset, const OptionList& options, const py::object& progress) {
    const moodleml::Progress callback = progress_of(progress);
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::train(directory.native(), dataset.native(), config, callback);
    });
}

AnswerParts predict(const Path& directory, const Path& dataset, const OptionList& options, const py::object& progress) {
    const moodleml::Progress callback = progress_of(progress);
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::predict(directory.native(), dataset.native(), config, callback);
    });
}

AnswerParts explain(const Path& directory, const Path& dataset, const OptionList& options, const py::object& progress) {
    const moodleml::Progress callback = progress_of(progress);
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::explain(directory.native(), dataset.native(), config, callback);
    });
}

AnswerParts evaluate(const Path& directory, const Path& dataset, const std::optional<Path>& trained_directory,
                     const OptionList& options, const py::object& progress) {
    const moodleml::Progress callback = progress_of(progress);
    const Path trained = trained_directory.value_or(Path());
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::evaluate(directory.native(), dataset.native(), trained.native(), config, callback);
    });
}

AnswerParts export_model(const Path& directory, const Path& export_directory, const OptionList& options) {
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::export_model(directory.native(), export_directory.native(), config);
    });
}

AnswerParts import_model(const Path& directory, const Path& import_directory, const OptionList& options) {
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::import_model(directory.native(), import_directory.native(), config);
    });
}

AnswerParts convert_model(const Path& directory, const OptionList& options) {
    return answered(options, [&](const moodleml::Config& config) {
        return moodleml::moodle::convert_model(directory.native(), config);
    });
}

void add_calls(py::module_& module) {
    using py::operator""_a;
    module.def("train", train, "directory"_a, "dataset"_a, "options"_a = OptionList(), "progress"_a = py::none(),
               "Trains the directory's model. It continues from what the model learned before.");
    module.def("predict", predict, "directory"_a, "dataset"_a, "options"_a = OptionList(), "progress"_a = py::none(),
               "Predicts the rows of an unlabelled file.");
    module.def("explain", explain, "directory"_a, "dataset"_a, "options"_a = OptionList(), "progress"_a = py::none(),
               "Explains the predictions of an unlabelled file's rows. Option reasons.");
    module.def("evaluate", evaluate, "directory"_a, "dataset"_a, "trained_directory"_a = py::none(),
               "options"_a = OptionList(), "progress"_a = py::none(),
               "Rates the model in trained_directory. If that is None or empty, trains and rates on random splits.");
    module.def("export_model", export_model, "directory"_a, "export_directory"_a, "options"_a = OptionList(),
               "Copies the directory's model, without samples, to export_directory.");
    module.def("import_model", import_model, "directory"_a, "import_directory"_a, "options"_a = OptionList(),
               "Makes an exported model the directory's model.");
    module.def(
        "convert_model", convert_model, "directory"_a, "options"_a = OptionList(),
        "Writes the model of moodle-mlbackend-python in the directory in this library's format, next to the original.");
    module.def("refuse", refuse, "message"_a, "is_evaluation"_a, "The answer of a host that does not make a call.");
    module.def("missing_arguments", missing_arguments, "expected"_a,
               "The answer of a host that was called with too few arguments.");
    module.def("interface_version", moodleml::moodle::interface_version, "Version of these calls, which Moodle compares.");
}

}  // namespace

}  // namespace mml::python

PYBIND11_MODULE(_native, module) {
    using namespace mml::python;
    module.doc() =
        "Moodle's calls on a model directory (the section \"Moodle\" of moodleml.h). Each returns (status, JSON, name of\n"
        "the reason, MML_OK if nothing failed). progress is called several times a second.\n"
        "The GIL is released while a call runs.";
    add_errors(module);
    add_progress(module);
    add_library(module);
    add_options(module);
    add_calls(module);
}
