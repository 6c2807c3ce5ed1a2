// SPDX-License-Identifier: Apache-2.0
// Changes what a model file holds rather than its bytes, which its checksum would tell: the file is inflated, one thing in
// it is changed (a tensor, the description, the header, a byte), and it is written again with lengths and checksum that fit.
#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "base/little_endian.hpp"
#include "model/container.hpp"
#include "model/gzip.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using Json = nlohmann::ordered_json;
using Random = std::minstd_rand;

constexpr std::uint64_t most_inflated = std::uint64_t{1} << 20U;
constexpr std::size_t length_bytes = 8;

std::size_t below(Random& random, std::size_t count) { return count == 0 ? 0 : random() % count; }

// libFuzzer's own mutation of bytes.
void mutate_bytes(std::string& bytes, std::size_t room) {
    const std::size_t size = bytes.size();
    bytes.resize(size + room);
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
}

std::string file_of(const std::string& payload, int level) {
    mml::GzipWriter writer(level);
    writer.append(payload);
    return writer.finish();
}

std::string payload_of(std::string_view file) {
    mml::GzipReader reader(file, most_inflated);
    std::string payload(reader.remaining(), '\0');
    reader.read(payload);
    reader.finish();
    return payload;
}

/* ---- The description ---- */

void collect(Json& node, std::vector<Json*>& nodes) {
    nodes.push_back(&node);
    if (!node.is_structured()) return;
    for (Json& child : node) collect(child, nodes);
}

Json drawn_value(Random& random) {
    static const std::vector<Json> values = {nullptr,
                                             true,
                                             false,
                                             0,
                                             1,
                                             2,
                                             3,
                                             -1,
                                             255,
                                             2147483647,
                                             2147483648LL,
                                             -9223372036854775807LL,
                                             18446744073709551615ULL,
                                             0.5,
                                             -0.0,
                                             1e-300,
                                             1e300,
                                             "",
                                             "x0",
                                             "linear",
                                             "trees",
                                             "networks",
                                             "shared_networks",
                                             "probability",
                                             Json::array(),
                                             Json::object()};
    return values[below(random, values.size())];
}

void change_json(Json& root, Random& random) {
    std::vector<Json*> nodes;
    collect(root, nodes);
    Json& node = *nodes[below(random, nodes.size())];
    switch (below(random, 5)) {
        case 0: node = drawn_value(random); break;
        case 1: node = Json(*nodes[below(random, nodes.size())]); break;
        case 2:
            if (node.is_array() && !node.empty()) node.push_back(Json(node[below(random, node.size())]));
            break;
        case 3:
            if (node.is_structured() && !node.empty()) {
                node.erase(std::next(node.begin(), static_cast<std::ptrdiff_t>(below(random, node.size()))));
            }
            break;
        default:
            if (node.is_number_integer()) node = node.get<std::uint64_t>() + below(random, 3) - 1;
            if (node.is_number_float()) node = -node.get<double>();
    }
}

void change_description(mml::Container& container, Random& random) {
    std::string& text = container.texts[container.texts.contains("model") ? "model" : "columns"];
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || below(random, 8) == 0) {
        mutate_bytes(text, 64);
    } else {
        change_json(json, random);
        text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
}

void change_text(mml::Container& container, Random& random) {
    static const std::vector<std::string> values = {"", "0", "-1", "1", "9007199254740992", "x"};
    auto place = container.texts.begin();
    std::advance(place, below(random, container.texts.size()));
    place->second = values[below(random, values.size())];
}

/* ---- The tensors ---- */

// The first, the last, the last but one or any.
std::size_t drawn_place(std::size_t count, Random& random) {
    const std::array<std::size_t, 4> places = {0, count - 1, count - std::min<std::size_t>(count, 2), below(random, count)};
    return places[below(random, places.size())];
}

// `length`: of any tensor, for what one holds often is a place in another.
template <typename T>
void change_values(std::vector<T>& values, std::int64_t length, Random& random) {
    if (values.empty()) return;
    using Limits = std::numeric_limits<T>;
    const T other = values[below(random, values.size())];
    const std::array<T, 16> drawn = {static_cast<T>(length),
                                     static_cast<T>(length),
                                     static_cast<T>(length + 1),
                                     static_cast<T>(length - 1),
                                     T{0},
                                     T{1},
                                     T{2},
                                     T(-1),
                                     T{255},
                                     T{256},
                                     other,
                                     other == Limits::max() ? other : static_cast<T>(other + 1),
                                     Limits::max(),
                                     Limits::lowest(),
                                     Limits::is_integer ? T{3} : Limits::quiet_NaN(),
                                     Limits::is_integer ? T{4} : Limits::infinity()};
    const std::size_t from = drawn_place(values.size(), random);
    const std::size_t count = below(random, 4) == 0 ? values.size() - from : 1;
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(from), count, drawn[below(random, drawn.size())]);
}

// Also the values, so that they go on fitting.
void change_shape(mml::Tensor& tensor, Random& random) {
    if (tensor.shape.empty()) return;
    std::int64_t& length = tensor.shape[below(random, tensor.shape.size())];
    const std::array<std::int64_t, 5> drawn = {0, 1, length + 1, length - 1, 2 * length};
    length = std::clamp(drawn[below(random, drawn.size())], std::int64_t{0}, std::int64_t{64});
    if (below(random, 4) == 0) std::ranges::reverse(tensor.shape);
    std::size_t count = 1;
    for (const std::int64_t side : tensor.shape) count *= static_cast<std::size_t>(side);
    count = std::min(count, most_inflated);
    std::visit([&](auto& values) { values.resize(count); }, tensor.values);
}

void change_tensor(mml::Container& container, Random& random) {
    auto all = container.tensors.all();
    if (all.empty()) return;
    const auto any = [&] { return std::next(all.begin(), static_cast<std::ptrdiff_t>(below(random, all.size()))); };
    const auto chosen = any();
    switch (below(random, 8)) {
        case 0: change_shape(chosen->second, random); break;
        case 1: chosen->second = any()->second; break;
        case 2: all.erase(chosen); break;
        case 3: all[chosen->first + "x"] = chosen->second; break;
        default: {
            const std::vector<std::int64_t>& shape = any()->second.shape;
            const std::int64_t length = shape.empty() ? 1 : shape[below(random, shape.size())];
            std::visit([&](auto& values) { change_values(values, length, random); }, chosen->second.values);
        }
    }
    container.tensors = {};
    for (const auto& [name, tensor] : all) container.tensors.insert(name, tensor);
}

/* ---- What a model is made of: priors, tasks, counts ---- */

// All tensors whose names begin with `from`, again with `to` in its place.
void copy_tensors(mml::Container& container, const std::string& from, const std::string& to) {
    const auto all = container.tensors.all();
    for (const auto& [name, tensor] : all) {
        if (name.starts_with(from)) container.tensors.insert(to + name.substr(from.size()), tensor);
    }
}

// A class or input more or less, in each of the fields that tell how many there are, or in one of them alone.
void change_count(Json& model, const char* names, const char* count, Random& random) {
    Json& list = model.at(names);
    const bool more = list.empty() || below(random, 2) == 0;
    const std::size_t which = below(random, 3);
    if (which != 1) {
        if (more) list.push_back(list.empty() ? Json("x0") : list.front());
        if (!more) list.erase(list.size() - 1);
    }
    Json& told = model.at("ensemble").at(count);
    // Other mutations make it a text, 1e300 or the least of all integers.
    if (which == 2 || !told.is_number_integer() || std::abs(told.get<double>()) > 1e9) return;
    told = told.get<std::int64_t>() + (more ? 1 : -1);
}

// One of two classes as a regression or the other way round: both have one link, so that all else fits.
void change_task(Json& model) {
    // What only classes have would be refused first.
    model.erase("decision");
    model.erase("by_position");
    Json& ensemble = model.at("ensemble");
    const bool classifies = ensemble.at("task") == 1;
    ensemble["task"] = classifies ? 2 : 1;
    ensemble["classes"] = classifies ? 0 : 2;
    ensemble.erase("pool");
    ensemble.erase("isotonic");
    model["class_names"] = classifies ? Json::array() : Json{"0", "1"};
}

// The model with itself as a further prior, or without the outermost one.
void change_priors(mml::Container& container, Json& model, Random& random) {
    if (model.contains("prior") && below(random, 2) == 0) {
        copy_tensors(container, "prior.", "");
        model = Json(model.at("prior").at("model"));
        return;
    }
    copy_tensors(container, "", "prior.");
    Json inner = model;
    model["prior"] = {{"share", 0.5}, {"model", std::move(inner)}};
}

void change_structure(mml::Container& container, Random& random) {
    if (!container.texts.contains("model")) return;
    Json root = Json::parse(container.texts.at("model"), nullptr, false);
    if (!root.is_object()) return;
    const auto any_level = [&]() -> Json& {
        Json* level = &root;
        while (level->contains("prior") && below(random, 2) == 0) level = &level->at("prior").at("model");
        return *level;
    };
    switch (below(random, 6)) {
        case 4: any_level()["origins"] = std::vector<double>(root.at("input_names").size(), 1.7e9); break;
        case 0: change_priors(container, root, random); break;
        case 1:
        case 5: change_task(any_level()); break;
        case 2: change_count(any_level(), "class_names", "classes", random); break;
        default: change_count(any_level(), "input_names", "inputs", random);
    }
    container.texts["model"] = root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string with_changed_content(std::string_view file, const std::string& kind, Random& random) {
    mml::Container container = mml::container_from_bytes(file, kind, "the file", most_inflated);
    for (std::size_t changes = 1 + below(random, 3); changes > 0; --changes) {
        switch (below(random, 16)) {
            case 0: change_text(container, random); break;
            case 1:
            case 2:
            case 3:
            case 4:
            case 5: change_description(container, random); break;
            case 6:
            case 7:
            case 8:
            case 9: change_structure(container, random); break;
            default: change_tensor(container, random);
        }
    }
    return mml::container_bytes(container, kind, below(random, 8) == 0 ? 6 : 0);
}

// The end of one tensor, which is where the next one begins; or its shape alone.
void change_header(std::string& text, Random& random) {
    Json header = Json::parse(text, nullptr, false);
    if (!header.is_object() || header.size() < 3) return mutate_bytes(text, 64);
    const std::size_t number = 1 + below(random, header.size() - 2);
    Json& one = *std::next(header.begin(), static_cast<std::ptrdiff_t>(number));
    Json& next = *std::next(header.begin(), static_cast<std::ptrdiff_t>(number) + 1);
    const std::size_t step = below(random, 5);
    if (step != 2) {
        const auto end = one.at("data_offsets").at(1).get<std::uint64_t>();
        one["data_offsets"][1] = next["data_offsets"][0] = end + 4 * std::uint64_t{step} - 8;
    } else {
        change_json(one["shape"], random);
    }
    text = header.dump();
}

// The header, with a length that fits; or any byte of the payload.
std::string with_changed_payload(std::string_view file, Random& random) {
    std::string payload = payload_of(file);
    if (payload.size() < length_bytes || below(random, 4) == 0) {
        mutate_bytes(payload, 64);
        return file_of(payload, 6);
    }
    const auto length = mml::from_little_endian<std::uint64_t>(std::string_view(payload).substr(0, length_bytes));
    std::string header = payload.substr(length_bytes, length);
    below(random, 2) == 0 ? change_header(header, random) : mutate_bytes(header, 64);
    header.resize((header.size() + length_bytes - 1) / length_bytes * length_bytes, ' ');
    std::string changed;
    mml::append_little_endian(changed, std::uint64_t{header.size()});
    changed += header;
    if (length < payload.size() - length_bytes) changed += payload.substr(length_bytes + length);
    return file_of(changed, 0);
}

// "model" or "samples".
std::string kind_of(std::string_view file) {
    const bool samples = payload_of(file).find(R"("kind":"samples")") != std::string::npos;
    return samples ? "samples" : "model";
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    Random random(seed);
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    try {
        const std::size_t kind = below(random, 16);
        if (kind > 0) {
            const std::string changed =
                kind < 4 ? with_changed_payload(file, random) : with_changed_content(file, kind_of(file), random);
            if (changed.size() <= most) {
                std::ranges::copy(changed, data);
                return changed.size();
            }
        }
    } catch (const std::exception&) {
        // What is no model file, or cannot be written as one, changes as any bytes do.
    }
    return LLVMFuzzerMutate(data, size, most);
}
