// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t bar_width = 14;
constexpr milliseconds bar_interval(100);
constexpr milliseconds line_interval(2000);

const char* phase_name(std::int32_t phase) {
    switch (phase) {
        case MML_READING: return "reading";
        case MML_PREPARING: return "preparing";
        case MML_TRAINING: return "training";
        case MML_CALIBRATING: return "calibrating";
        case MML_EVALUATING: return "evaluating";
        case MML_SAVING: return "saving";
        default: return "working";
    }
}

const char* step_name(std::int32_t phase) {
    if (phase == MML_TRAINING) return "epoch";
    return phase == MML_EVALUATING ? "split" : "step";
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string percentage(const mml_progress& progress) {
    const std::string number = fixed(std::floor(100 * std::clamp(progress.fraction, 0.0, 1.0)), 0);
    return std::string(3 - std::min<std::size_t>(number.size(), 3), ' ') + number + " %";
}

std::string details(const mml_progress& progress) {
    std::string text;
    if (progress.steps > 0) {
        text += std::string("  ") + step_name(progress.phase) + " " + std::to_string(progress.step) + "/" +
                std::to_string(progress.steps);
    }
    if (std::isfinite(progress.training_loss)) text += "  loss " + fixed(progress.training_loss, 4);
    if (std::isfinite(progress.validation_loss)) text += "  validation " + fixed(progress.validation_loss, 4);
    return text;
}

std::size_t terminal_columns() {
    winsize size = {};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;  // NOLINT(*-vararg)
    return known ? size.ws_col : 80;
}

}  // namespace

Progress::Display progress_display(bool quiet) {
    if (quiet) return Progress::Display::none;
    const char* terminal = std::getenv("TERM");
    const bool can_move = terminal != nullptr && std::string_view(terminal) != "dumb";
    return can_move && ::isatty(STDERR_FILENO) == 1 ? Progress::Display::bar : Progress::Display::lines;
}

Progress::Progress(Display display) : display_(display) {}

Progress::~Progress() { clear_bar(); }

bool Progress::goes_on(const mml_progress& progress) {
    show(progress);
    return Interruption::signal() == 0;
}

void Progress::finish() {
    clear_bar();
    Interruption::check();
}

void Progress::show(const mml_progress& progress) {
    const auto now = Clock::now();
    if (display_ == Display::none || now < next_) return;
    next_ = now + (display_ == Display::bar ? bar_interval : line_interval);
    if (display_ == Display::bar) {
        write_standard_error("\r" + bar_text(progress) + "\x1b[K");
        bar_shown_ = true;
    } else {
        write_standard_error(padded(phase_name(progress.phase), 12) + percentage(progress) + details(progress) + "\n");
    }
}

std::string Progress::bar_text(const mml_progress& progress) const {
    const auto done = static_cast<std::size_t>(std::clamp(progress.fraction, 0.0, 1.0) * static_cast<double>(bar_width));
    const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    std::string text = std::string(phase_name(progress.phase)) + " [" + std::string(done, '#') +
                       std::string(bar_width - done, '.') + "] " + percentage(progress) + details(progress) + "  " +
                       fixed(seconds, 0) + " s";
    // A line that fills the terminal would wrap, and the next one would not replace it.
    text.resize(std::min(text.size(), terminal_columns() - 1));
    return text;
}

void Progress::clear_bar() {
    if (bar_shown_) write_standard_error("\r\x1b[K");
    bar_shown_ = false;
}

}  // namespace mml::cli
