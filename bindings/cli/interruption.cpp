// SPDX-License-Identifier: Apache-2.0
#include "interruption.hpp"

#include <array>
#include <csignal>

#include "failure.hpp"

namespace mml::cli {

namespace {

volatile std::sig_atomic_t noted_signal = 0;
bool reported = false;  // whether a Failure has told of it
constexpr std::array<int, 2> signals = {SIGINT, SIGTERM};
std::array<struct sigaction, signals.size()> earlier_actions;

void note_signal(int number) { noted_signal = number; }

}  // namespace

Interruption::Interruption() {
    struct sigaction action = {};
    action.sa_handler = note_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
    for (std::size_t i = 0; i < signals.size(); ++i) {
        sigaction(signals[i], nullptr, &earlier_actions[i]);
        // What the parent had ignored (nohup, a script's background job) stays ignored.
        if (earlier_actions[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, nullptr);
    }
}

Interruption::~Interruption() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &earlier_actions[i], nullptr);
    const int late_signal = reported ? 0 : signal();
    noted_signal = 0;
    if (late_signal != 0) std::raise(late_signal);
}

int Interruption::signal() { return noted_signal; }

void Interruption::check() {
    if (signal() != 0) fail();
}

void Interruption::fail() {
    reported = true;
    throw Failure("stopped by a signal: nothing was written", exit_signal_base + signal());
}

}  // namespace mml::cli
