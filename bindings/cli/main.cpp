// SPDX-License-Identifier: Apache-2.0
// The program moodleml: a thin host of libmoodleml, over its public header only.
#include <algorithm>
#include <csignal>
#include <exception>
#include <moodleml/moodleml.hpp>
#include <new>
#include <string>

#include "commands.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "process_interface.hpp"
#include "text.hpp"

namespace {

using namespace mml::cli;

void check_library_version() {
    if (moodleml::abi_fits()) return;
    const auto text = [](std::int32_t major, std::int32_t minor) {
        return std::to_string(major) + "." + std::to_string(minor);
    };
    const std::int32_t found = moodleml::abi_version();
    throw Failure("the library libmoodleml that was found has ABI " + text(found / 1000, found % 1000) +
                  ", but this program needs " + text(MML_ABI_MAJOR, MML_ABI_MINOR) + " or a later " +
                  std::to_string(MML_ABI_MAJOR) + ".x: reinstall both together");
}

int run(int argument_count, const char* const* arguments) {
    ensure_standard_streams();
    // A closed pipe and a limit on the size of files are errors of the write that meets them.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    check_library_version();
    if (const auto request = process_request({arguments + std::min(argument_count, 1), arguments + argument_count}))
        return answer(*request);
    return run_command_line(argument_count, arguments);
}

int report(const std::string& message, int exit_code) {
    write_standard_error("moodleml: " + one_line(message) + "\n");
    return exit_code;
}

}  // namespace

int main(int argument_count, char** arguments) {
    try {
        return run(argument_count, arguments);
    } catch (const Failure& failure) {
        return report(failure.what(), failure.exit_code());
    } catch (const moodleml::Error& error) {
        return report(error.what(), error.status() == MML_UNKNOWN_OPTION ? exit_usage : exit_failure);
    } catch (const std::bad_alloc&) {
        return report("out of memory", exit_failure);
    } catch (const std::exception& error) {
        return report(error.what(), exit_failure);
    }
}
