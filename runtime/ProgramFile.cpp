//===- ProgramFile.cpp - A compiled model as a file -----------------------===//
#include "ProgramFile.h"
#include "file/Checksum.h"
#include "file/Fields.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>

namespace mdl::runtime {
namespace {

constexpr std::string_view kMagic = "mdlp";
constexpr size_t kHead = 4 + sizeof(uint32_t) + sizeof(uint64_t), kTail = sizeof(uint64_t);

/// What every fault of the bytes ends with: nobody mends them by hand.
constexpr const char *kRemedy = "copy it again, or compile the model again";

std::optional<CompiledModel> fail(ReportError &error, std::string message, const char *slug = "bad-program") {
  error = {slug, std::move(message), {}};
  return std::nullopt;
}

template <class T> T numberAt(std::string_view bytes, size_t at) {
  Reader reader(bytes.substr(at, sizeof(T)));
  T value = 0;
  reader(value);
  return value;
}

/// What is wrong with the programs and their inputs together; empty when they may be evaluated.
std::string faultOf(const CompiledModel &model) {
  if (std::string fault = verify(model.program); !fault.empty()) return fault;
  if (std::string fault = verify(model.numbers); !fault.empty()) return "named numbers: " + fault;
  size_t inputs = model.program.inputs.size();
  if (model.numbers.inputs.size() != inputs)
    return fmt::format("{} inputs of named numbers for {} of the program", model.numbers.inputs.size(), inputs);
  if (model.job.size() != inputs) return fmt::format("{} values for {} inputs", model.job.size(), inputs);
  for (size_t i = 0; i < inputs; ++i) {
    const Input &input = model.program.inputs[i];
    if (input.type == InputType::Choice && (model.job[i].sign() < 0 || model.job[i] >= Int(input.choices.size())))
      return fmt::format("input `{}` has no choice {}", input.name, toString(model.job[i]));
  }
  const Target &target = model.target;
  if (target.device && !(target.chosen && target.optimistic && target.measured))
    return "a device without its utilisations";
  return {};
}

} // namespace

bool isProgramFile(std::string_view bytes) { // the version's last byte is not that of a text
  return bytes.starts_with(kMagic) && bytes.substr(0, 8).find('\0') != std::string_view::npos;
}

std::string encode(const CompiledModel &model) {
  Writer payload;
  fields(payload, model);
  Writer file;
  file.bytes = kMagic;
  file(kFormatVersion, static_cast<uint64_t>(payload.bytes.size()));
  file.bytes += payload.bytes;
  file(crc64(file.bytes));
  return std::move(file.bytes);
}

std::optional<CompiledModel> decode(std::string_view bytes, ReportError &error) {
  if (!bytes.starts_with(kMagic))
    return fail(error, "this is no compiled program, which begins with `mdlp`; `mdlc compile MODEL.mdl -o FILE.mdlp` "
                       "writes one");
  if (bytes.size() < kHead) return fail(error, fmt::format("the file ends after {} bytes; {}", bytes.size(), kRemedy));
  auto version = numberAt<uint32_t>(bytes, kMagic.size());
  if (version > kFormatVersion)
    return fail(error,
                fmt::format("the file has format {}, written by a newer mdlc; this one reads formats up to {}: take "
                            "the newer one, or compile the model again with this one",
                            version, kFormatVersion),
                "newer-program");
  if (version == 0) return fail(error, fmt::format("the file has format 0, and there is none; {}", kRemedy));
  auto size = numberAt<uint64_t>(bytes, kMagic.size() + sizeof version);
  size_t left = bytes.size() - kHead;
  if (left < kTail || size != left - kTail)
    return fail(error,
                fmt::format("the file is cut off or has something after its end: {} bytes follow its head, which "
                            "announces {} and {} of a checksum; {}",
                            left, size, kTail, kRemedy));
  std::string_view summed = bytes.substr(0, bytes.size() - kTail);
  auto written = numberAt<uint64_t>(bytes, summed.size());
  if (uint64_t found = crc64(summed); found != written)
    return fail(error, fmt::format("the file is damaged: its checksum is {:016x}, that of its bytes {:016x}; {}",
                                   written, found, kRemedy));
  CompiledModel model;
  Reader reader(summed.substr(kHead), version);
  fields(reader, model);
  if (reader.fault().empty() && !reader.isAtEnd()) reader.fail("there are bytes after the last section");
  std::string fault = reader.fault().empty() ? faultOf(model) : reader.fault();
  if (!fault.empty())
    return fail(error, fmt::format("the checksum is right but the program is not sound, so mdlc did not write it: {}; "
                                   "compile the model again",
                                   fault));
  return model;
}

std::optional<CompiledModel> readProgramFile(const std::string &path, ReportError &error) {
  struct Close {
    void operator()(std::FILE *file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  std::string bytes, block(size_t{1} << 16, '\0');
  while (file)
    if (size_t got = std::fread(block.data(), 1, block.size(), file.get()); got != 0) bytes.append(block, 0, got);
    else break;
  if (!file || std::ferror(file.get())) {
    error = {"file-not-found", fmt::format("cannot read `{}`: {}", path, std::strerror(errno)), {}};
    return std::nullopt;
  }
  auto model = decode(bytes, error);
  if (!model) error.place = path;
  return model;
}

} // namespace mdl::runtime
