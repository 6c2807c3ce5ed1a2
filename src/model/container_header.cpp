// SPDX-License-Identifier: Apache-2.0
#include "model/container_header.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "model/container.hpp"

namespace mml {

namespace {

struct NumberType {
    std::string_view name;
    std::size_t width;
};

// In the order of Tensor::values.
constexpr std::array<NumberType, 4> number_types{{{"F32", 4}, {"F64", 8}, {"I32", 4}, {"I64", 8}}};
static_assert(std::variant_size_v<decltype(Tensor::values)> == number_types.size());

constexpr std::size_t alignment = 8;
constexpr std::size_t most_dimensions = 8;
constexpr std::string_view texts_name = "__metadata__";
constexpr std::string_view texts_first = "its header does not begin with \"__metadata__\"";

[[noreturn]] void refuse_no_json(std::size_t position) {
    refuse_container(concat("its header is not JSON text at byte ", position));
}

std::size_t number_type(std::string_view name) {
    const auto* const found =
        std::find_if(number_types.begin(), number_types.end(), [&](const auto& type) { return type.name == name; });
    if (found == number_types.end()) refuse_container(concat("unknown type of number ", mml::quote(name)));
    return as_size(found - number_types.begin());
}

std::string text_of(const std::map<std::string, std::string>& texts, const std::string& name) {
    const auto found = texts.find(name);
    return found == texts.end() ? std::string() : found->second;
}

void check_format(const std::map<std::string, std::string>& texts) {
    if (text_of(texts, "format") != "moodleml") refuse_container("its \"format\" is not \"moodleml\"");
    const std::string text = text_of(texts, "format_version");
    long long version = 0;
    if (!parse_integer(text, &version) || version < 1 || number_text(version) != text) {
        refuse_container(concat("its \"format_version\" is ", mml::quote(text)));
    }
    if (version > container_format_version) {
        fail(Status::newer_format, concat("written in format ", version, ", this library reads up to format ",
                                          container_format_version, ": update libmoodleml"));
    }
}

const std::string& checked(const std::string& text) {
    if (valid_utf8(text) != text) fail(Status::bad_data, "a name or text of the model is not valid UTF-8");
    return text;
}

// Takes the JSON text part by part, so that doubled names are seen, nothing nested deeper than the format is ever built, and
// the format's version is known before anything behind it is judged. The names of its functions are nlohmann's.
class HeaderReader {
public:
    ContainerHeader take() { return std::move(header_); }

    bool start_object(std::size_t) {
        if (place_ == Place::outside) {
            place_ = Place::top;
        } else if (place_ == Place::top) {
            place_ = name_ == texts_name ? Place::texts : Place::tensor;
        } else {
            refuse_value();
        }
        return true;
    }
    bool key(std::string& name) {
        if (place_ == Place::top) {
            begin_entry(name);
        } else if (place_ == Place::texts) {
            if (header_.texts.contains(name)) refuse_container(concat("the text ", mml::quote(name), " is there twice"));
            field_ = name;
        } else {
            begin_field(name);
        }
        return true;
    }
    bool end_object() {
        if (place_ == Place::texts) {
            check_format(header_.texts);
            place_ = Place::top;
        } else if (place_ == Place::tensor) {
            end_tensor();
            place_ = Place::top;
        } else if (!has_texts()) {
            refuse_container(texts_first);
        }
        return true;
    }
    bool start_array(std::size_t) {
        if (place_ != Place::tensor || field_ == "dtype") refuse_value();
        place_ = field_ == "shape" ? Place::shape : Place::offsets;
        return true;
    }
    bool end_array() {
        if (place_ == Place::offsets && offsets_.size() != 2) refuse_value();
        place_ = Place::tensor;
        return true;
    }
    bool string(std::string& value) {
        if (place_ == Place::texts) {
            header_.texts.emplace(field_, std::move(value));
        } else if (place_ == Place::tensor && field_ == "dtype") {
            entry_.type = number_type(value);
        } else {
            refuse_value();
        }
        return true;
    }
    bool number_unsigned(std::uint64_t value) {
        if (place_ == Place::shape && entry_.shape.size() < most_dimensions && std::in_range<std::int64_t>(value)) {
            entry_.shape.push_back(static_cast<std::int64_t>(value));
        } else if (place_ == Place::offsets && offsets_.size() < 2) {
            offsets_.push_back(value);
        } else {
            refuse_value();
        }
        return true;
    }
    bool number_integer(std::int64_t) { refuse_value(); }
    bool number_float(double, const std::string&) { refuse_value(); }
    bool boolean(bool) { refuse_value(); }
    bool null() { refuse_value(); }
    bool binary(nlohmann::json::binary_t&) { refuse_value(); }
    bool parse_error(std::size_t position, const std::string&, const std::exception&) { refuse_no_json(position); }

private:
    enum class Place { outside, top, texts, tensor, shape, offsets };

    // check_format() lets no empty ones pass.
    bool has_texts() const { return !header_.texts.empty(); }

    void begin_entry(const std::string& name) {
        if (!has_texts() && name != texts_name) refuse_container(texts_first);
        if (header_.tensors.contains(name) || (has_texts() && name == texts_name)) {
            refuse_container(concat(mml::quote(name), " is there twice in its header"));
        }
        name_ = name;
        entry_ = {};
        offsets_.clear();
        fields_.clear();
    }
    void begin_field(const std::string& name) {
        if (name != "dtype" && name != "shape" && name != "data_offsets") {
            refuse_container(concat("tensor ", mml::quote(name_), " has the unknown field ", mml::quote(name)));
        }
        if (std::find(fields_.begin(), fields_.end(), name) != fields_.end()) {
            refuse_container(concat("tensor ", mml::quote(name_), " has its ", name, " twice"));
        }
        fields_.push_back(name);
        field_ = name;
    }
    void end_tensor() {
        if (fields_.size() != 3)
            refuse_container(concat("tensor ", mml::quote(name_), " lacks dtype, shape or data_offsets"));
        entry_.begin = offsets_[0];
        entry_.end = offsets_[1];
        const auto count = number_count(entry_.shape);
        const bool fits =
            count && entry_.begin <= entry_.end && entry_.end - entry_.begin == *count * number_width(entry_.type);
        if (!fits) refuse_container(concat("the shape of tensor ", mml::quote(name_), " does not fit its data_offsets"));
        header_.tensors.emplace(name_, std::move(entry_));
    }
    [[noreturn]] void refuse_value() const {
        refuse_container(
            concat("unexpected value in its header", name_.empty() ? "" : concat(" under ", mml::quote(name_))));
    }

    ContainerHeader header_;
    Place place_ = Place::outside;
    std::string name_;
    TensorEntry entry_;
    std::vector<std::uint64_t> offsets_;
    std::vector<std::string> fields_;
    std::string field_;
};

}  // namespace

void refuse_container(std::string_view why) { fail(Status::bad_model, concat("not a valid file of libmoodleml: ", why)); }

std::size_t number_width(std::size_t type) { return number_types[type].width; }

std::optional<std::uint64_t> number_count(const std::vector<std::int64_t>& shape) {
    constexpr std::uint64_t most_numbers = std::numeric_limits<std::uint32_t>::max();
    if (shape.size() > most_dimensions) return std::nullopt;
    std::uint64_t product = 1;
    bool is_empty = false;
    for (const std::int64_t length : shape) {
        if (length < 0) return std::nullopt;
        is_empty = is_empty || length == 0;
        if (length > 0 && static_cast<std::uint64_t>(length) > most_numbers / product) return std::nullopt;
        if (length > 0) product *= static_cast<std::uint64_t>(length);
    }
    return is_empty ? 0 : product;
}

std::string header_text(const ContainerHeader& header) {
    if (header.tensors.contains(std::string(texts_name))) fail(Status::internal, "a tensor has the name of the texts");
    Json json;
    Json& texts = json[texts_name] = Json::object();
    for (const auto& [name, text] : header.texts) texts[checked(name)] = checked(text);
    for (const auto& [name, entry] : header.tensors) {
        Json& fields = json[checked(name)];
        fields["dtype"] = number_types[entry.type].name;
        Json& shape = fields["shape"] = Json::array();
        for (const std::int64_t length : entry.shape) shape.push_back(length);
        fields["data_offsets"] = {entry.begin, entry.end};
    }
    std::string text = json.dump();
    text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');
    return text;
}

ContainerHeader parse_header(std::string_view text) {
    // Not left to the parser, which lets a byte order mark pass and takes a zero byte for the end.
    if (!text.starts_with('{')) refuse_container(texts_first);
    const std::size_t zero = text.find('\0');
    if (zero != std::string_view::npos) refuse_no_json(zero);
    HeaderReader reader;
    nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    return reader.take();
}

}  // namespace mml
