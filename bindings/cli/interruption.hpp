// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mml::cli {

/// While one of these lives, SIGINT (Ctrl-C) and SIGTERM do not end the program: they are noted, for work that can stop
/// cleanly. A second signal ends the program at once; so does, in the end, one that nobody has met with check() or fail().
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// The signal that came, or 0.
    static int signal();
    /// Throws Failure where a signal came.
    static void check();
    /// Throws the Failure of the signal that came.
    [[noreturn]] static void fail();
};

}  // namespace mml::cli
