// SPDX-License-Identifier: Apache-2.0
#include "moodle/question.hpp"

#include <charconv>
#include <utility>

#include "moodle/answers.hpp"
#include "moodle/directory.hpp"
#include "moodle/moodle_file.hpp"
#include "moodle/stored_model.hpp"

namespace mml {

namespace {

Question read_question(const ModelDirectory& directory, const std::string& dataset_path, const Config& config,
                       Supervisor& supervisor) {
    supervisor.enter(Phase::reading);
    const std::shared_ptr<const Model> stored = load_stored_model(directory, Loading(config, supervisor));
    Dataset dataset = read_unlabelled_file(dataset_path, config, supervisor);
    supervisor.poll();
    supervisor.check();
    std::shared_ptr<const Model> model = named_after(stored, dataset);
    return {std::move(model), std::move(dataset)};
}

}  // namespace

std::string float_text(float value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

Answer answer_question(const QuestionPaths& paths, const Config& config, ProgressCallback progress,
                       const std::function<Json(const Question&, const Config&, Supervisor&)>& work) {
    const ModelDirectory directory(paths.directory);
    Supervisor supervisor({config.threads(), config.number(OptionId::time_limit), std::move(progress)});
    return make_answer(refusals_answered([&]() -> Json {
        if (!directory.holds_model()) {
            return answer_fields(moodle_status::no_dataset, {"Provided model have not been trained yet"});
        }
        return work(read_question(directory, paths.dataset, config, supervisor), config, supervisor);
    }));
}

}  // namespace mml
