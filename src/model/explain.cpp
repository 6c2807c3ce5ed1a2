// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "base/index.hpp"
#include "ensemble/pool.hpp"
#include "model/model.hpp"

namespace mml {

namespace {

constexpr std::int64_t explained_rows_a_task = 64;
constexpr std::size_t points_of_mixture = 16;

// Where a model keeps the answer on one of its classes: two classes have one, of the second.
struct Answer {
    std::size_t link = 0;
    double sign = 1;
};

Answer answer_on(std::size_t class_number, std::int64_t outputs) {
    if (outputs == 2) return {0, class_number == 1 ? 1.0 : -1.0};
    return {class_number, 1};
}

// What a model answers by its own answer and its prior's: of estimates the mean, of log-odds those of the mean probability.
// A class that the prior does not have gets nothing from it.
struct Mixture {
    struct Pair {
        double own = 0;
        double prior = 0;
    };
    double share = 0;  // the prior's
    bool regression = false;
    bool known = true;  // by the prior

    double at(const Pair& pair) const {
        if (regression) return (1 - share) * pair.own + share * pair.prior;
        const double positive = (1 - share) * sigmoid(pair.own) + (known ? share * sigmoid(pair.prior) : 0);
        const double negative = (1 - share) * sigmoid(-pair.own) + share * (known ? sigmoid(-pair.prior) : 1);
        return log_probability(positive) - log_probability(negative);
    }
    // By each of the pair, their means along the straight line.
    Pair mean_slopes(const Pair& from, const Pair& to) const {
        if (regression) return {1 - share, share};
        static const Quadrature quadrature(points_of_mixture);
        Pair slopes;
        for (std::size_t t = 0; t < points_of_mixture; ++t) {
            const double part = quadrature.at[t];
            const Pair pair{from.own + part * (to.own - from.own), from.prior + part * (to.prior - from.prior)};
            const double unit = quadrature.weight[t] / std::max(spread(at(pair)), least);
            slopes.own += unit * (1 - share) * spread(pair.own);
            slopes.prior += known ? unit * share * spread(pair.prior) : 0;
        }
        return slopes;
    }

private:
    static constexpr double least = 1e-300;
    static double spread(double link) { return sigmoid(link) * sigmoid(-link); }
};

}  // namespace

// The mixture of the model's own answer and the prior's, carried over to log-odds as the ensemble's own last step is.
void Model::add_prior(Contributions& own, const Contributions& prior, std::size_t link) const {
    const bool regression = task() == Task::regression;
    const auto found = std::ranges::find(prior_classes_, static_cast<std::int32_t>(outputs() == 2 ? 1 : link));
    const Mixture mixture{prior_.share, regression, regression || found != prior_classes_.end()};
    const Answer answer = regression || !mixture.known
                              ? Answer{}
                              : answer_on(as_size(found - prior_classes_.begin()), prior_.model->outputs());
    const Mixture::Pair base{own.base()[link], answer.sign * prior.base()[answer.link]};
    for (std::size_t row = 0; row < own.rows(); ++row) {
        const Mixture::Pair to{own.link_of(row, link), answer.sign * prior.link_of(row, answer.link)};
        const Mixture::Pair slopes = mixture.mean_slopes(base, to);
        const auto parts = own.of(row, link);
        for (double& part : parts) part *= slopes.own;
        const auto prior_parts = prior.of(row, answer.link);
        for (std::size_t i = 0; i < prior_parts.size(); ++i)
            item(parts, prior_columns_[i]) += slopes.prior * answer.sign * prior_parts[i];
        make_sum(parts, mixture.at(to) - mixture.at(base));
    }
    own.base()[link] = mixture.at(base);
}

Contributions Model::explained(const SparseRows& rows, std::int64_t first, std::int64_t last, EarlierRows earlier) const {
    Contributions own = ensemble_.explain(rows, first, last);
    if (!prior_.model) return own;
    std::vector<std::int64_t> chosen(as_size(last - first));
    std::iota(chosen.begin(), chosen.end(), first);
    const SparseRows seen = prior_view(rows, chosen, earlier);
    const Contributions prior = prior_.model->explained(seen, 0, last - first, of_prior(earlier));
    for (std::size_t link = 0; link < own.links(); ++link) add_prior(own, prior, link);
    return own;
}

void Model::explain(const Dataset& dataset, const Progress& progress, std::span<double> out) const {
    Supervisor& supervisor = progress.supervisor();
    const SparseRows rows = own_rows(dataset);
    const std::vector<TableView> views = earlier_views(dataset);
    const auto width = as_size(inputs()) + 1;
    const auto answers = as_size(outputs());
    const auto tasks = static_cast<int>((rows.rows() + explained_rows_a_task - 1) / explained_rows_a_task);
    supervisor.run(tasks, [&](int task) {
        supervisor.check();
        const std::int64_t first = task * explained_rows_a_task;
        const std::int64_t last = std::min(rows.rows(), first + explained_rows_a_task);
        const TableBlock block(dataset, views, first, last);
        const Contributions found = explained(rows, first, last, block.earlier());
        for (std::size_t row = 0; row < found.rows(); ++row) {
            for (std::size_t k = 0; k < answers; ++k) {
                const Answer answer = answer_on(k, outputs());
                const auto place = (as_size(first) + row) * answers + k;
                const auto written = out.subspan(place * width, width);
                std::ranges::transform(found.of(row, answer.link), written.begin(),
                                       [&](double part) { return answer.sign * part; });
                written.back() = answer.sign * found.base()[answer.link];
            }
        }
        progress.advance(1 / static_cast<double>(tasks));
    });
}

}  // namespace mml
