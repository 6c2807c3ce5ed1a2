// SPDX-License-Identifier: Apache-2.0
#include "learners/network/network_training.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "base/index.hpp"
#include "base/text.hpp"
#include "ensemble/shared_networks_member.hpp"
#include "learners/network/initial_parameters.hpp"
#include "learners/network/member_selection.hpp"
#include "learners/network/network_pass.hpp"

namespace mml {

namespace {

// Few samples make few steps an epoch; with fewer steps than this a network has learned nothing.
constexpr int fewest_steps = 120;
constexpr std::size_t inference_rows = 128;
constexpr std::int64_t most_selection_rows = 4096;

class NetworkTrainer {
public:
    NetworkTrainer(const NetworkData& data, const NetworkSettings& settings, int number, std::int32_t left_out,
                   const Pilot* pilot, Progress progress)
        : data_(data),
          settings_(settings),
          number_(number),
          pilot_(pilot),
          progress_(progress),
          is_whole_(left_out < 0),
          supervisor_(progress.supervisor()),
          ranks_(data.set.ranks),
          random_(data.set.seed, purpose::network, narrowed<std::uint64_t>(number)),
          samples_(soft_samples(data.set, left_out)),
          batches_(samples_.size(), settings.batch_size, ranks_),
          pass_(data, std::max(settings.batch_size, inference_rows)),
          state_(data.shape, random_parameters(data.shape, random_)) {
        if (ranks_.rank() > 0) random_ = RandomStream(data.set.seed, purpose::network, stream_of_rank());
        if (ranks_.several()) whole_gradient_.emplace(data.shape);
        order_.resize(samples_.size());
        std::iota(order_.begin(), order_.end(), 0);
        std::iota(all_members_.begin(), all_members_.end(), std::size_t{0});
        for (std::size_t i = 0; i < data.set.observations.size(); ++i) {
            if (data.set.observations[i].fold == left_out) held_out_.push_back(i);
        }
        is_rated_ = ranks_.any(!held_out_.empty());
    }

    TrainedNetwork run() {
        TrainedNetwork result;
        result.curve.member = concat("network ", number_ + 1);
        const int epochs = planned_epochs();
        int best_epoch = 0;
        double best_loss = std::numeric_limits<double>::infinity();
        for (int epoch = 1; epoch <= epochs && !stopped_; ++epoch) {
            const double training_loss = run_epoch();
            if (steps_ == 0) break;
            const double loss = is_rated_ ? held_out_loss() : training_loss;
            result.curve.training_loss.push_back(training_loss);
            result.curve.validation_loss.push_back(is_rated_ ? loss : std::numeric_limits<double>::quiet_NaN());
            if (pilot_ != nullptr) note_lack(loss);
            supervisor_.set_step(epoch, epochs, training_loss, result.curve.validation_loss.back());
            result.epochs = epoch;
            if (!is_rated_ || loss < best_loss) {
                best_loss = loss;
                best_epoch = epoch;
                result.held_out_loss = loss;
                result.parameters = state_.average;
                result.trained = true;
            }
            advance_to(epoch, epochs);
            if (pilot_ != nullptr && is_hopeless()) break;
            if (steps_ >= fewest_steps && epoch - best_epoch >= settings_.patience) break;
        }
        progress_.advance(1 - advanced_);
        if (!lacks_.empty()) result.lack = lacks_.back();
        if (result.trained && !is_whole_) keep_best(result);
        return result;
    }

private:
    // Parameters start alike on all ranks; each deals and drops by numbers of its own.
    std::uint64_t stream_of_rank() const {
        return (narrowed<std::uint64_t>(ranks_.rank()) << 32U) + narrowed<std::uint64_t>(number_);
    }

    int steps_an_epoch() const { return narrowed<int>(batches_.count()); }

    // At the pace of its last epochs twice as many more would not make it stay.
    bool is_hopeless() const {
        constexpr std::size_t last_epochs = 4;
        if (lacks_.size() <= last_epochs) return false;
        const double gained = lacks_[lacks_.size() - 1 - last_epochs] - lacks_.back();
        return lacks_.back() > 2 * gained;
    }

    void note_lack(double loss) {
        const double lack = pilot_->lack(loss, last_links_);
        lacks_.push_back(lacks_.empty() ? lack : std::min(lack, lacks_.back()));
    }

    // Without samples to stop on, a short fixed schedule.
    int planned_epochs() const {
        const int enough = (fewest_steps + steps_an_epoch() - 1) / steps_an_epoch();
        return is_rated_ ? settings_.epochs : std::min(settings_.epochs, std::max(enough, 20));
    }

    // Most networks stop long before the last epoch, so the first epochs count for most of the progress.
    void advance_to(int epoch, int epochs) {
        const double done = 1 - std::exp(-6.0 * epoch / epochs);
        progress_.advance(done - advanced_);
        advanced_ = done;
    }

    double run_epoch() {
        random_.shuffle(std::span(order_));
        double loss = 0;
        double weight = 0;
        for (std::size_t batch = 0; batch < batches_.count() && !stopped_; ++batch) {
            supervisor_.pause();
            if (supervisor_.time_is_up(ranks_)) {
                stopped_ = true;
                break;
            }
            train_batch(batch, &loss, &weight);
        }
        return ranks_.sum(loss) / std::max(ranks_.sum(weight), 1e-30);
    }

    void train_batch(std::size_t batch, double* loss, double* weight) {
        ++steps_;
        const AdamStep weight_step = adam_step(settings_.weight_decay), bias_step = adam_step(0);
        NetworkStep step(data_.shape, state_, weight_step, bias_step);
        if (!whole_gradient_) {
            add_gradient(batch, step, loss, weight);
            return;
        }
        whole_gradient_->clear();
        add_gradient(batch, *whole_gradient_, loss, weight);
        whole_gradient_->sum_over(ranks_);
        whole_gradient_->give_to(step);
    }

    // Of this rank's samples. A product of no rows is refused.
    void add_gradient(std::size_t batch, NetworkUpdate& update, double* loss, double* weight) {
        const std::size_t begin = batches_.begin(batch), count = batches_.begin(batch + 1) - begin;
        if (count == 0) return;
        rows_.resize(count);
        for (std::size_t i = 0; i < count; ++i) rows_[i] = samples_.rows[order_[begin + i]];
        const float* outputs = pass_.forward_dropped(state_.weights, rows_, settings_.dropout, random_);
        const std::size_t members = data_.shape.members, width = data_.shape.outputs;
        const auto size = static_cast<double>(batches_.size(batch));
        gradient_.resize(members * count * width);
        for (std::size_t i = 0; i < members * count; ++i) {
            const std::size_t sample = order_[begin + i % count];
            const double share = samples_.weights[sample] / static_cast<double>(members);
            *loss += share * soft_loss(outputs + i * width, samples_.targets.data() + sample * width, share / size,
                                       gradient_.data() + i * width);
            *weight += share;
        }
        pass_.backward(state_.weights, gradient_.data(), update);
    }

    // Against a soft target; writes scale times the gradient by the links.
    double soft_loss(const float* links, const float* target, double scale, float* gradient) {
        std::copy_n(links, links_.size(), links_.begin());
        std::copy_n(target, target_.size(), target_.begin());
        const double loss = loss_.value(links_, target_, slopes_);
        for (std::size_t k = 0; k < slopes_.size(); ++k) gradient[k] = static_cast<float>(scale * slopes_[k]);
        return loss;
    }

    // Of one observation.
    double hard_loss(const float* links, const FoldedObservation& observation) {
        std::copy_n(links, links_.size(), links_.begin());
        return loss_.value(links_, observation);
    }

    AdamStep adam_step(double weight_decay) const {
        AdamStep step;
        const auto t = static_cast<double>(steps_);
        step.length = static_cast<float>(settings_.learning_rate / (1 - std::pow(double{step.first_decay}, t)));
        step.second_scale = static_cast<float>(1 / (1 - std::pow(double{step.second_decay}, t)));
        step.keep = static_cast<float>(1 - settings_.learning_rate * weight_decay);
        step.average_gain = static_cast<float>(1 - std::min(0.99, (1 + t) / (10 + t)));
        return step;
    }

    // The outputs of each member for held-out observations `begin` and so on, members x count x outputs.
    const float* held_out_outputs(const NetworkParameters& parameters, std::size_t begin, std::size_t count) {
        rows_.resize(count);
        for (std::size_t i = 0; i < count; ++i) rows_[i] = data_.set.observations[held_out_[begin + i]].row;
        return pass_.forward(parameters, rows_);
    }

    std::vector<float> held_out_links(const NetworkParameters& parameters, std::span<const std::size_t> members) {
        const std::size_t outputs = data_.shape.outputs;
        std::vector<float> links(held_out_.size() * outputs);
        std::vector<float> kept;
        std::vector<double> shares(2 * std::max<std::size_t>(outputs, 2));
        for (std::size_t begin = 0; begin < held_out_.size(); begin += inference_rows) {
            const std::size_t count = std::min(inference_rows, held_out_.size() - begin);
            const float* const found = held_out_outputs(parameters, begin, count);
            kept.clear();
            for (const std::size_t m : members)
                kept.insert(kept.end(), found + m * count * outputs, found + (m + 1) * count * outputs);
            for (std::size_t i = 0; i < count; ++i) {
                pool_members(data_.set.task, kept.data() + i * outputs, members.size(), count * outputs,
                             std::span(links).subspan((begin + i) * outputs, outputs), shares);
            }
        }
        return links;
    }

    // So a row costs half to predict. The members disagree, and the best of them are as good as all (Gorishniy et al.,
    // 2025).
    void keep_best(TrainedNetwork& result) {
        const MemberAnswers answers = of_all_ranks(member_answers(result.parameters));
        const std::vector<std::size_t> chosen = best_members(answers, kept_members);
        result.held_out_links = held_out_links(result.parameters, chosen);
        result.parameters = members_alone(data_.shape, result.parameters, chosen);
    }

    MemberAnswers of_all_ranks(MemberAnswers answers) const {
        if (!ranks_.several()) return answers;
        const auto gather = [&](std::vector<double>& values) {
            values = ranks_.gathered<double, std::vector<double>>(std::span(std::as_const(values)));
        };
        for (std::vector<double>& member : answers.answers) gather(member);
        gather(answers.values);
        gather(answers.weights);
        return answers;
    }

    // Of each rank its share.
    std::size_t selection_rows() const {
        const auto own = narrowed<std::int64_t>(held_out_.size());
        const std::int64_t all = std::max<std::int64_t>(1, ranks_.sum(own));
        return as_size(std::min(own, (own * most_selection_rows + all - 1) / all));
    }

    MemberAnswers member_answers(const NetworkParameters& parameters) {
        const std::size_t members = data_.shape.members, outputs = data_.shape.outputs;
        MemberAnswers answers{data_.set.task, std::vector<std::vector<double>>(members), {}, {}};
        const std::size_t rated = selection_rows();
        for (std::size_t begin = 0; begin < rated; begin += inference_rows) {
            const std::size_t count = std::min(inference_rows, rated - begin);
            const float* const found = held_out_outputs(parameters, begin, count);
            for (std::size_t i = 0; i < members * count; ++i) {
                const FoldedObservation& observation = data_.set.observations[held_out_[begin + i % count]];
                const float* const links = found + i * outputs;
                const bool is_value = answers.task == Task::regression;
                answers.answers[i / count].push_back(is_value ? links[0] : std::exp(-hard_loss(links, observation)));
                if (i >= count) continue;
                answers.values.push_back(observation.value);
                answers.weights.push_back(observation.weight);
            }
        }
        return answers;
    }

    double held_out_loss() {
        last_links_ = held_out_links(state_.average, all_members_);
        const std::vector<float>& links = last_links_;
        const std::size_t outputs = data_.shape.outputs;
        double loss = 0;
        double weight = 0;
        for (std::size_t i = 0; i < held_out_.size(); ++i) {
            const FoldedObservation& observation = data_.set.observations[held_out_[i]];
            loss += observation.weight * hard_loss(links.data() + i * outputs, observation);
            weight += observation.weight;
        }
        return ranks_.sum(loss) / ranks_.sum(weight);
    }

    const NetworkData& data_;
    const NetworkSettings& settings_;
    int number_;
    const Pilot* pilot_;
    std::vector<double> lacks_;  // of a pilot, the least after each epoch
    Progress progress_;
    bool is_whole_;          // no fold is left out
    bool is_rated_ = false;  // there is a fold left out, on this rank or on another
    Supervisor& supervisor_;
    const Ranks& ranks_;
    RandomStream random_;
    SoftSamples samples_;
    EpochBatches batches_;
    NetworkPass pass_;
    OptimiserState state_;
    std::optional<WholeGradient> whole_gradient_;  // with several ranks
    LargeVector<std::size_t> order_;
    LargeVector<std::size_t> held_out_;
    std::vector<std::size_t> all_members_ = std::vector<std::size_t>(data_.shape.members);
    std::vector<std::int32_t> rows_;
    std::vector<float> gradient_;
    const Loss& loss_ = data_.set.loss();
    std::vector<double> links_ = std::vector<double>(data_.shape.outputs);  // of one row, as the loss takes it
    std::vector<double> target_ = links_;
    std::vector<double> slopes_ = links_;
    std::vector<float> last_links_;  // of the fold left out
    std::int64_t steps_ = 0;
    double advanced_ = 0;
    bool stopped_ = false;
};

}  // namespace

NetworkSettings::NetworkSettings(const Config& config)
    : hidden_units(config.integer<std::size_t>(OptionId::hidden_units)),
      hidden_layers(config.integer<std::size_t>(OptionId::hidden_layers)),
      dropout(config.number(OptionId::dropout)),
      learning_rate(config.number(OptionId::learning_rate)),
      weight_decay(config.number(OptionId::weight_decay)),
      batch_size(config.integer<std::size_t>(OptionId::batch_size)),
      epochs(config.integer<int>(OptionId::epochs)),
      patience(config.integer<int>(OptionId::patience)) {}

TrainedNetwork train_network(const NetworkData& data, const NetworkSettings& settings, int number, std::int32_t left_out,
                             const Pilot* pilot, Progress progress) {
    return NetworkTrainer(data, settings, number, left_out, pilot, progress).run();
}

}  // namespace mml
