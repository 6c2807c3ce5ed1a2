// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <moodleml/moodleml.hpp>
#include <string>

#include "interruption.hpp"

namespace mml::cli {

/// Follows one long call of the library: shows on standard error how far it is (a bar on a terminal, else a line now and
/// then) and stops it when a signal asks to. Make the call through follow(), then finish().
class Progress {
public:
    enum class Display { none, lines, bar };

    explicit Progress(Display display);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// What `call` gives for the callback that it is called with; throws Failure where a signal has stopped it.
    template <typename Call>
    auto follow(Call call) {
        try {
            return call([this](const mml_progress& progress) { return goes_on(progress); });
        } catch (const moodleml::Cancelled&) {
            Interruption::fail();
        }
    }

    /// The call has ended: throws Failure where a signal came too late for it.
    void finish();

private:
    using Clock = std::chrono::steady_clock;

    bool goes_on(const mml_progress& progress);
    void show(const mml_progress& progress);
    std::string bar_text(const mml_progress& progress) const;
    void clear_bar();

    Interruption interruption_;
    Display display_;
    Clock::time_point started_ = Clock::now();
    Clock::time_point next_ = started_;
    bool bar_shown_ = false;
};

/// A bar where standard error is a terminal that can show one, else lines; none where `quiet`.
Progress::Display progress_display(bool quiet);

}  // namespace mml::cli
