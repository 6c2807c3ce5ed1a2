// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "evaluation/curves.hpp"
#include "evaluation/data_quality.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/render.hpp"
#include "evaluation/render/words.hpp"
#include "evaluation/report_json.hpp"
#include "examples.hpp"

using namespace mml;
using testing::classified_data;
using testing::contains;
using testing::valued_data;

namespace {

constexpr const char* nasty = "<script>alert(1)</script>\"'&|`*_";

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

// Rated as by a model that is right about as often as `right` says.
Json report_on(Dataset dataset, double right = 0.9) {
    const Target& target = *dataset.target;
    RandomStream stream(11);
    const std::size_t classes = target.class_names.size();
    std::vector<float> predictions;
    std::vector<double> estimates;
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        const auto index = static_cast<std::size_t>(row);
        if (classes == 0) {
            estimates.push_back(target.values[index] + stream.normal());
            continue;
        }
        const auto label = static_cast<std::size_t>(target.class_indices[index]);
        const std::size_t answer = stream.uniform() < right ? label : (label + 1) % classes;
        const double sure = 0.6 + 0.3 * stream.uniform();
        for (std::size_t i = 0; i < classes; ++i) {
            const double rest = (1 - sure) / (static_cast<double>(classes) - 1);
            predictions.push_back(static_cast<float>(i == answer ? sure : rest));
        }
    }
    Supervisor supervisor({1, 0, {}});
    Findings findings;
    findings.kind = "evaluation";
    if (classes == 0) {
        findings.rows.add(target, {}, estimates);
        findings.ratings = {rate(target, {}, estimates, constant_estimate(target, {}))};
    } else {
        findings.rows.add(target, {}, predictions);
        findings.ratings = {rate(target, {}, predictions, constant_prediction(target, {}))};
    }
    findings.intervals = bootstrap_intervals(findings.rows, 1, supervisor);
    findings.data = data_quality_json(dataset, target);
    findings.settings = settings_json(Config(), false);
    return make_report(dataset, target, findings).json;
}

Dataset two_classes(int rows, const std::string& name = "yes") {
    std::vector<std::int32_t> labels;
    for (int row = 0; row < rows; ++row) labels.push_back(row % 2);
    return classified_data({"no", name}, labels);
}

std::string html(const Json& report) { return render_report(report, "html", Config()); }

}  // namespace

TEST_CASE("a page is one file that can neither run nor load anything") {
    const std::string page = html(report_on(two_classes(400)));
    CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    CHECK(contains(page, "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'"));
    for (const char* tag :
         {"<script", "<link", "<img", "<iframe", "href=", "src=", "url(", "@import", " style=\"", " onload"}) {
        CHECK_FALSE_MESSAGE(contains(page, tag), tag);
    }
    CHECK(count(page, "<svg") == 5);
    CHECK(count(page, "role=\"img\"") == 5);
    CHECK(count(page, "<desc id=") == 5);
    CHECK(count(page, "<h1>") == 1);
}

TEST_CASE("names from a file are escaped wherever they stand") {
    Dataset dataset = two_classes(60, nasty);
    dataset.column_names = {nasty};
    dataset.source = std::string("\"folder/") + nasty + "\"";
    const auto report = report_on(dataset);
    const std::string page = html(report);
    CHECK_FALSE(contains(page, "<script"));
    CHECK(contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;|`*_"));
    const std::string text = render_report(report, "markdown", Config());
    CHECK(contains(text, "| Class | Rows | Share | Precision | Recall | F1 |"));
    CHECK(count(text, "<") == count(text, "\\<"));
    CHECK(contains(text, "\\<script\\>alert(1)\\</script\\>\"'\\&\\|\\`\\*\\_"));
    CHECK_FALSE(contains(roc_curve_svg(report), "<script"));
}

TEST_CASE("as text nothing from a file can steer a terminal") {
    const std::string steering =
        "a\x1b[2Jb\xC2\x9B"
        "2J\nc";
    const std::string page = render_report(report_on(two_classes(60, steering)), "text", Config());
    CHECK_FALSE(contains(page, "\x1b"));
    CHECK_FALSE(contains(page, "\xC2\x9B"));
    CHECK(contains(page,
                   "a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD"
                   "2J\xEF\xBF\xBD"
                   "c"));
    CHECK(render::plain_text("\xC3\xA4\xC2\xA0\xC2") == "\xC3\xA4\xC2\xA0\xC2");
}

TEST_CASE("what flagging the most likely rows finds is in every format") {
    const auto report = report_on(two_classes(400));
    const auto rows = render::flag_rows(report);
    REQUIRE(rows.size() == 7);
    CHECK(rows[0].flagged == "the most likely 1 %");
    CHECK(rows[0].rows == "4 (1.0 %)");
    CHECK(rows[6].flagged == "the model's answers");
    for (const char* format : {"html", "markdown", "text"}) {
        const std::string page = render_report(report, format, Config());
        CAPTURE(format);
        CHECK(contains(page, render::flags_heading));
        CHECK(contains(page, "the most likely 30 %"));
        CHECK(contains(page, rows[6].right));
    }
    CHECK(contains(html(report), "<title id=\"gains-title\">"));
    CHECK_FALSE(contains(html(report_on(valued_data({1, 2, 3, 4}))), render::flags_heading));
}

TEST_CASE("the figure of the most probable class stands beside that of another decision, and only there") {
    auto report = report_on(two_classes(400));
    report["decision"] = {{"rule", "probable"}, {"threshold", 0.5}, {"threshold_deviation", 0.0}};
    for (const char* format : {"html", "markdown", "text"}) {
        const std::string page = render_report(report, format, Config());
        CHECK_FALSE(contains(page, "ost probable"));
    }
    report["decision"]["rule"] = "score";
    report["decision"]["threshold"] = 0.25;
    report["metrics"]["accuracy"]["probable"] = 0.4321;
    for (const char* format : {"html", "markdown", "text"}) {
        const std::string page = render_report(report, format, Config());
        CAPTURE(format);
        CHECK(contains(page, "ost probable"));
        CHECK(contains(page, "0.4321"));
        CHECK(contains(page, "from a probability of 25.0 % on"));
    }
}

TEST_CASE("text is escaped for each format") {
    CHECK(render::html_text("a<b>&\"'\n\x7f") == "a&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(render::markdown_text("a|b\n#[x](y)") == "a\\|b\xEF\xBF\xBD\\#\\[x\\](y)");
    CHECK(render::shortened("abcdef", 4) == "abc\xE2\x80\xA6");
    CHECK(render::shortened("abcd", 4) == "abcd");
    CHECK(render::shortened("\xC3\xA4\xC3\xB6\xC3\xBC", 2) == "\xC3\xA4\xE2\x80\xA6");
}

TEST_CASE("numbers for people") {
    CHECK(render::decimal(0.86213) == "0.8621");
    CHECK(render::decimal(-0.00001) == "0.0000");
    CHECK(render::decimal(123456.789) == "123457");
    CHECK(render::decimal(Json(nullptr)) == "\xE2\x80\x93");
    CHECK(render::percent(0.8571) == "85.7 %");
    CHECK(render::grouped(1234567) == "1,234,567");
    CHECK(render::grouped(-123) == "-123");
}

TEST_CASE("the verdict says whether it is better than guessing, and whether the data are enough") {
    const auto verdict = [](const Dataset& dataset, double right) {
        return render::verdict_of(report_on(dataset, right), Config());
    };
    const auto good = verdict(two_classes(1000), 0.9);
    INFO(good.sentence);
    CHECK(good.standing == "better");
    CHECK(good.sentence == "Better than guessing, on enough data to say so.");
    CHECK(contains(good.details[0], "Of 100 rows of class \"yes\" it finds "));
    CHECK(contains(good.details[2], "Moodle judges by F1, averaged over the classes by their size: 0.8"));
    const auto few = verdict(two_classes(30), 0.8);
    INFO(few.sentence);
    CHECK(few.standing == "uncertain");
    CHECK(contains(few.sentence, "not surely better"));
    CHECK(few.details.back() == "Class \xE2\x80\x9Cyes\xE2\x80\x9D has only 15 rows.");
    CHECK(verdict(two_classes(1000), 0.1).standing == "worse");
}

TEST_CASE("the verdict judges by the limits that Moodle is given") {
    const auto report = report_on(two_classes(1000), 0.8);
    Config config;
    CHECK(contains(render_report(report, "html", config),
                   "Moodle would accept it (score at least 0.7, deviation at most 0.05)."));
    config.set("min_score", "0.95");
    CHECK(contains(render_report(report, "html", config), "Moodle would refuse it"));
}

TEST_CASE("an undefined score is told, not judged") {
    const std::string page = html(report_on(valued_data({3, 3, 3})));
    CHECK(contains(page, "the score is undefined"));
    CHECK(contains(page, "<h1>"));
}

TEST_CASE("a regression has its estimates drawn, and no ROC curve") {
    std::vector<double> values;
    for (int row = 0; row < 300; ++row) values.push_back(row % 50);
    const auto report = report_on(valued_data(values));
    CHECK(contains(html(report), "<title id=\"estimates-title\">"));
    CHECK_FALSE(contains(html(report), "<h2>Classes</h2>"));
    CHECK(roc_curve_svg(report).empty());
}

TEST_CASE("values far apart or next to each other do not hinder drawing") {
    for (const std::vector<double>& values : {std::vector<double>{1e17, 1e17 + 16, 1e17 + 32}, {-1e300, 0, 1e300}, {1, 2}}) {
        CHECK(contains(html(report_on(valued_data(values))), "</html>"));
    }
}

TEST_CASE("the ROC curve is an image of its own, with its colours") {
    const std::string image = roc_curve_svg(report_on(two_classes(100)));
    CHECK(image.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(contains(image, "<style>"));
    CHECK(contains(image, "prefers-color-scheme: dark"));
    CHECK(image.ends_with("</svg>\n"));
}

TEST_CASE("many classes and columns stay within 300 kB and 200 milliseconds") {
    std::vector<std::string> names;
    std::vector<std::int32_t> labels;
    for (std::int32_t label = 0; label < 50; ++label)
        names.push_back("a class with a rather long name, " + std::to_string(label));
    for (std::int32_t row = 0; row < 5000; ++row) labels.push_back(row % 50);
    auto report = report_on(classified_data(names, labels));
    std::vector<Training> trainings(10);
    for (Training& training : trainings) {
        training.curves.assign(16, {"network", std::vector<double>(300, 1.0 / 3), std::vector<double>(300, 2.0 / 3)});
    }
    write_learning_curves(report["learning_curves"], trainings);
    const auto start = std::chrono::steady_clock::now();
    const std::string page = html(report);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    MESSAGE("page of ", page.size(), " bytes in ", seconds, " s");
    CHECK(page.size() < 300'000);
    CHECK(seconds < 0.2 * 10);  // sanitizers take several times as long
    CHECK(html(report) == page);
}

TEST_CASE("the members are told as means over the models that rated them") {
    auto report = report_on(two_classes(100));
    CHECK_FALSE(contains(html(report), "<h2>Members</h2>"));
    report["models"] = Json::array(
        {{{"members", Json::array({{{"kind", "linear"}, {"weight", 0.5}, {"out_of_fold_loss", 0.3}},
                                   {{"kind", "trees"}, {"weight", 0.5}, {"out_of_fold_loss", 0.2}}})},
          {"pool", "log_odds"},
          {"calibration", "temperature"}},
         {{"members", Json::array({{{"kind", "trees"}, {"weight", 1}, {"out_of_fold_loss", 0.25}},
                                   {{"kind", "linear"}, {"weight", 0}, {"out_of_fold_loss", nullptr}, {"given_up", true}}})},
          {"pool", "log_odds"},
          {"calibration", "isotonic"}}});
    const auto rows = render::member_rows(report);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].kind == "linear");
    CHECK(rows[0].weight == "0.2500");
    CHECK(rows[0].out_of_fold_loss == "0.3000");
    CHECK(rows[0].remark == "dropped after one fold in 1 of 2");
    CHECK(rows[1].out_of_fold_loss == "0.2250");
    CHECK(rows[1].remark.empty());
    CHECK(contains(html(report), "Pool: log-odds. Calibration: isotonic in 1 of 2."));
    CHECK(contains(render_report(report, "markdown", Config()), "| trees | 0.7500 | 0.2250 |"));
}

TEST_CASE("another format is refused, with those there are") {
    CHECK(report_formats() == std::vector<std::string>{"html", "markdown", "text"});
    CHECK_THROWS_WITH_AS(render_report({}, "pdf", Config()),
                         "no format of a report is called \"pdf\": there are \"html\", \"markdown\", \"text\"", Error);
}
