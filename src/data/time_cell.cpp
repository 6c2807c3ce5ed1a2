// SPDX-License-Identifier: Apache-2.0
#include "data/time_cell.hpp"

#include <chrono>
#include <cmath>

namespace mml {

namespace {

constexpr double seconds_a_day = 86400;
constexpr double seconds_an_hour = 3600;
constexpr double seconds_a_minute = 60;

// Takes digits, signs and letters from the front of a text; what cannot be taken makes the whole invalid.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }
    bool next_is(char c) const { return rest_.starts_with(c); }
    bool take(char c) {
        if (!next_is(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    // A number of `least` to `most` digits.
    bool digits(std::size_t least, std::size_t most, int& value) {
        std::size_t count = 0;
        value = 0;
        for (; count < most && count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count)
            value = value * 10 + (rest_[count] - '0');
        rest_.remove_prefix(count);
        return count >= least;
    }
    bool fraction(double& value) {
        if (!take('.') && !take(',')) return true;
        double unit = 0.1;
        std::size_t count = 0;
        for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count, unit /= 10)
            value += unit * (rest_[count] - '0');
        rest_.remove_prefix(count);
        return count > 0;
    }

private:
    std::string_view rest_;
};

bool take_date(Scanner& scanner, double& days) {
    int first = 0;
    int month = 0;
    int last = 0;
    const std::chrono::year_month_day none{};
    std::chrono::year_month_day date = none;
    Scanner ahead = scanner;
    if (!ahead.digits(1, 4, first)) return false;
    const char mark = ahead.next_is('-') ? '-' : ahead.next_is('/') ? '/' : '.';
    if (!ahead.take(mark) || !ahead.digits(1, 2, month) || !ahead.take(mark)) return false;
    const bool year_first = mark != '.';
    int year = 0;
    Scanner of_year = scanner;
    if (year_first && (!of_year.digits(4, 4, year) || !of_year.next_is(mark) || !ahead.digits(1, 2, last))) return false;
    if (!year_first && (first > 31 || !ahead.digits(4, 4, last))) return false;
    date = std::chrono::year(year_first ? first : last) / std::chrono::month(static_cast<unsigned>(month)) /
           std::chrono::day(static_cast<unsigned>(year_first ? last : first));
    if (!date.ok()) return false;
    days = static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
    scanner = ahead;
    return true;
}

bool take_offset(Scanner& scanner, double& seconds) {
    if (scanner.take('Z') || scanner.done()) return true;
    const bool east = scanner.next_is('+');
    if (!scanner.take('+') && !scanner.take('-')) return false;
    int hours = 0;
    int minutes = 0;
    if (!scanner.digits(2, 2, hours)) return false;
    scanner.take(':');
    if (!scanner.done() && !scanner.digits(2, 2, minutes)) return false;
    seconds += (east ? -1 : 1) * (hours * seconds_an_hour + minutes * seconds_a_minute);
    return hours < 24 && minutes < 60;
}

bool take_time(Scanner& scanner, double& seconds) {
    int hours = 0;
    int minutes = 0;
    int whole = 0;
    double fraction = 0;
    if (!scanner.digits(1, 2, hours) || !scanner.take(':') || !scanner.digits(2, 2, minutes)) return false;
    if (scanner.take(':') && (!scanner.digits(2, 2, whole) || !scanner.fraction(fraction))) return false;
    seconds += hours * seconds_an_hour + minutes * seconds_a_minute + whole + fraction;
    scanner.take(' ');
    return hours < 24 && minutes < 60 && whole <= 60 && take_offset(scanner, seconds);
}

}  // namespace

TimeParts time_parts(double seconds) {
    const double days = std::floor(seconds / seconds_a_day);
    const std::chrono::sys_days day{std::chrono::days(static_cast<int>(days))};
    const std::chrono::year_month_day date{day};
    return {{static_cast<float>(seconds / seconds_a_day), static_cast<float>(std::chrono::weekday(day).iso_encoding()),
             static_cast<float>(static_cast<unsigned>(date.month())),
             static_cast<float>((seconds - days * seconds_a_day) / seconds_an_hour)}};
}

namespace {

// The usual form, 2024-01-31, and nothing after it; false where it is another, or no date.
bool parse_iso_date(std::string_view text, double& seconds) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    int digits[8];
    constexpr std::size_t places[8] = {0, 1, 2, 3, 5, 6, 8, 9};
    for (std::size_t i = 0; i < 8; ++i) {
        digits[i] = text[places[i]] - '0';
        if (digits[i] < 0 || digits[i] > 9) return false;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]),
        std::chrono::month(static_cast<unsigned>(digits[4] * 10 + digits[5])),
        std::chrono::day(static_cast<unsigned>(digits[6] * 10 + digits[7]))};
    if (!date.ok()) return false;
    seconds = static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) * seconds_a_day;
    return true;
}

}  // namespace

bool parse_time(std::string_view text, double& seconds) {
    if (parse_iso_date(text, seconds)) return true;
    Scanner scanner(text);
    double days = 0;
    if (!take_date(scanner, days)) return false;
    double of_day = 0;
    if (!scanner.done()) {
        if (!scanner.take('T') && !scanner.take(' ')) return false;
        if (!take_time(scanner, of_day) || !scanner.done()) return false;
    }
    seconds = days * seconds_a_day + of_day;
    return true;
}

}  // namespace mml
