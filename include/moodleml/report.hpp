// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_REPORT_HPP
#define MOODLEML_REPORT_HPP

// Part of moodleml.hpp, which includes it: what an evaluation found.

#include "moodleml/moodleml.hpp"

namespace moodleml {

class Report : public detail::Handle<mml_report, mml_report_free> {
public:
    explicit Report(mml_report* handle) noexcept : Handle(handle) {}

    static Report evaluate(const Model& model, const Dataset& dataset, const Config& config = Config(),
                           const Progress& progress = nullptr) {
        return detail::made_with<Report>(progress, [&](mml_report** out, mml_progress_fn callback, void* user) {
            return mml_evaluate(out, model.handle(), dataset.handle(), config.handle(), callback, user);
        });
    }
    static Report cross_validate(const Dataset& dataset, const Config& config = Config(),
                                 const Progress& progress = nullptr) {
        return detail::made_with<Report>(progress, [&](mml_report** out, mml_progress_fn callback, void* user) {
            return mml_cross_validate(out, dataset.handle(), config.handle(), callback, user);
        });
    }

    /// text: the result of json().
    static Report from_json(const std::string& text) {
        return detail::made<Report>([&](mml_report** out) { return mml_report_from_json(out, text.data(), text.size()); });
    }

    double metric(const std::string& name) const {
        double value = 0;
        detail::check(mml_report_metric(handle(), detail::c_text(name), &value));
        return value;
    }
    std::string json() const { return detail::json(mml_report_json(handle()), handle()); }

    void render(const std::string& format, const Write& write, const Config& config = Config()) const {
        detail::write_with(write, [&](mml_write_fn take, void* user) {
            return mml_report_render(handle(), detail::c_text(format), config.handle(), take, user);
        });
    }
    /// The whole page.
    std::string render(const std::string& format, const Config& config = Config()) const {
        std::string page;
        render(format, detail::append_to(page), config);
        return page;
    }
};

inline Model Model::with_report(const Report& report) const {
    return detail::made<Model>([&](mml_model** out) { return mml_model_with_report(out, handle(), report.handle()); });
}

}  // namespace moodleml

#endif
