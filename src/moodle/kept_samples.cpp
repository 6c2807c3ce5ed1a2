// SPDX-License-Identifier: Apache-2.0
#include "moodle/kept_samples.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "model/container.hpp"

namespace mml {

namespace {

constexpr const char* container_kind = "samples";

// zlib's own default: the rows compress to some 1 %, and this file is read only by a training.
constexpr int compression = 6;

std::string names_text(const std::vector<std::string>& names) { return Json(names).dump(); }

const std::string& text_of(const Container& container, const std::string& key, const std::string& name) {
    const auto found = container.texts.find(key);
    if (found == container.texts.end())
        fail(Status::bad_model, concat(quote(name, 200), ": the text \"", key, "\" is missing"));
    return found->second;
}

std::vector<std::string> names_of(const Container& container, const std::string& key, const std::string& name) {
    const std::optional<Json> list = Json::parse(text_of(container, key, name));
    const auto is_text = [](const Json& item) { return item.is_string(); };
    if (!list || !list->is_array() || !std::ranges::all_of(*list, is_text))
        fail(Status::bad_model, concat(quote(name, 200), ": the text \"", key, "\" is not a list of names"));
    return list->texts();
}

// `names` has the length that the tensors ask for.
void set_names(std::vector<std::string>& names, const Container& container, const std::string& key,
               const std::string& name) {
    std::vector<std::string> stored = names_of(container, key, name);
    if (stored.size() != names.size()) {
        fail(Status::bad_model,
             concat(quote(name, 200), ": the text \"", key, "\" holds ", stored.size(), " names instead of ", names.size()));
    }
    names = std::move(stored);
}

}  // namespace

namespace {

// Nothing is stored that the next training refuses.
void check_readable(std::string_view bytes, std::int64_t generation, const Loading& loading) {
    try {
        samples_from_file_bytes(bytes, generation, "what was made of them", loading);
    } catch (const Error& error) {
        if (error.status() == Status::cancelled) throw;
        fail(error.status() == Status::limit ? Status::limit : Status::internal,
             concat("the samples cannot be stored, because they could not be read again: ", error.what()));
    }
}

}  // namespace

std::string samples_file_bytes(const Samples& samples, std::int64_t generation, Supervisor* supervisor) {
    const Loading pauses(MemoryLimit(), supervisor);
    Container container;
    container.texts["generation"] = number_text(generation);
    container.texts["columns"] = names_text(samples.column_names);
    container.texts["named"] = samples.named ? "true" : "false";
    container.texts["classes"] = names_text(samples.class_names);
    store_samples(samples, container.tensors);
    std::string bytes = container_bytes(container, container_kind, compression, [&] { pauses.pause(); });
    check_readable(bytes, generation, pauses);
    return bytes;
}

Samples samples_from_file_bytes(std::string_view bytes, std::int64_t generation, const std::string& name,
                                const Loading& loading) {
    const Container container = container_from_bytes(bytes, container_kind, name, largest_samples_file, loading);
    if (text_of(container, "generation", name) != number_text(generation)) {
        fail(Status::bad_model, concat(quote(name, 200), ": it is not of generation ", generation, ", as the model is"));
    }
    Samples samples = load_samples(container.tensors);
    set_names(samples.column_names, container, "columns", name);
    set_names(samples.class_names, container, "classes", name);
    samples.named = text_of(container, "named", name) == "true";
    return samples;
}

std::string content_hash(std::string_view bytes) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
    std::string text(16, '0');
    for (std::size_t digit = 0; digit < text.size(); ++digit)
        text[digit] = "0123456789abcdef"[(hash >> (60 - 4 * digit)) & 15U];
    return text;
}

}  // namespace mml
