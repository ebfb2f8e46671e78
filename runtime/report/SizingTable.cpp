//===- SizingTable.cpp - The rows of a sizing run as cells ----------------===//
#include "SizingTable.h"
#include "Csv.h"
#include "Json.h"
#include <algorithm>
#include <fmt/format.h>

namespace mdl::runtime {
namespace {

/// Columns of the time that a resource takes, by the resource's name; absent where the strategy does not have it.
constexpr std::pair<const char *, const char *> kResources[] = {
    {"tensor_cost_s", "tensor"}, {"cuda_cost_s", "vector"}, {"io_cost_s", "memory"}, {"com_cost_s", "link"}};
/// Columns of what is reached of a resource.
constexpr std::pair<const char *, const char *> kUsed[] = {{"used_tensor_flops_per_s", "tensor"},
                                                           {"used_vector_flops_per_s", "vector"},
                                                           {"used_memory_bytes_per_s", "memory"}};

bool isTime(const Metric &metric) { return metric.unit == "s"; }
bool isWork(const Metric &metric) { return metric.fold == Fold::Sum && !isTime(metric); }
bool isStorage(const Metric &metric) { return metric.fold == Fold::Once || metric.fold == Fold::Peak; }

/// Makes the headings and the cells of a row, in the same order.
class TableMaker {
public:
  explicit TableMaker(const SizingRequest &request) : request_(request) {}

  std::vector<std::string> columns() const {
    const Program &program = *request_.jobs.front().program;
    std::vector<std::string> columns = {"model_mode", "util_profile", "strategy",       "device",
                                        "device_num", "batch_size",   "effective_gpus", "workload"};
    for (size_t i = 0; i < program.inputs.size(); ++i)
      if (i != request_.jobs.front().divided) columns.push_back("workload_" + program.inputs[i].name);
    for (const char *name : {"precision", "compute_precision", "storage_bits", "total_cost_s"})
      columns.emplace_back(name);
    for (auto [column, resource] : kResources) columns.emplace_back(column);
    for (const char *name : {"requests_per_s", "s_per_request"}) columns.emplace_back(name);
    for (const Metric &metric : program.metrics)
      if (isWork(metric)) columns.push_back(metric.name);
    columns.emplace_back("bytes_moved");
    for (const Metric &metric : program.metrics)
      if (isStorage(metric)) columns.push_back(metric.name);
    for (const char *name : {"memory_bytes_per_device", "memory_capacity_bytes", "fits"}) columns.emplace_back(name);
    for (auto [column, resource] : kUsed) columns.emplace_back(column);
    columns.emplace_back("bottleneck");
    for (const SizingBound &bound : request_.bounds) columns.push_back(bound.column);
    return columns;
  }

  std::vector<Cell> cells(const SizingRow &row) {
    std::vector<Cell> cells;
    cells_ = &cells;
    addIdentity(row);
    addTimes(row);
    addWork(row);
    addMemory(row);
    const Program &program = *request_.jobs[row.job].program;
    for (auto [column, resource] : kUsed) {
      auto work = workOf(program, row.work, resource);
      put(work ? Number::ofReal(*work / row.time.total) : Number());
    }
    put(row.bottleneck);
    for (double bound : row.bounds) put(bound);
    return cells;
  }

private:
  template <class T> void put(const T &value) { cells_->push_back(Cell::of(value)); }

  void addIdentity(const SizingRow &row) {
    const SizingJob &job = request_.jobs[row.job];
    const Target &target = *request_.target;
    put(request_.modes[row.mode].name);
    put(request_.utilisations[row.utilisation].info.name);
    put(request_.strategy->name);
    put(target.device->name);
    put(row.devices);
    put(row.batch);
    put(row.active);
    put(job.workload.empty() ? std::string_view("default") : std::string_view(job.workload));
    for (size_t i = 0; i < job.inputs.size(); ++i) {
      if (i == job.divided) continue;
      const Input &input = job.program->inputs[i];
      if (input.type == InputType::Boolean) cells_->push_back(Cell::ofTruth(!job.inputs[i].isZero()));
      else if (input.type == InputType::Integer) put(job.inputs[i]);
      else put(BoundInput{&input, job.inputs[i]}.text());
    }
    put(target.precision.name);
    put(target.precision.compute);
    auto bits = parseInt(target.precision.storage);
    if (bits) put(*bits);
    else put(target.precision.storage);
  }

  void addTimes(const SizingRow &row) {
    put(row.time.total);
    const auto &resources = request_.strategy->resources;
    for (auto [column, resource] : kResources) {
      size_t at = 0;
      while (at < resources.size() && resources[at].first != resource) ++at;
      put(at < resources.size() ? Number::ofReal(row.time.resources[at]) : Number());
    }
    put(row.requestsPerSecond());
    put(row.time.total / row.batch.toDouble());
  }

  void addWork(const SizingRow &row) {
    const Program &program = *request_.jobs[row.job].program;
    Number moved;
    for (size_t i = 0; i < program.metrics.size(); ++i) {
      if (!isWork(program.metrics[i])) continue;
      put(row.work[i]);
      if (program.metrics[i].unit == "B" && row.work[i].isPresent())
        moved = moved.isPresent() ? moved + row.work[i] : row.work[i];
    }
    put(moved);
  }

  void addMemory(const SizingRow &row) {
    const Program &program = *request_.jobs[row.job].program;
    for (size_t i = 0; i < program.metrics.size(); ++i)
      if (isStorage(program.metrics[i])) put(row.held ? row.held->values[i] : Number());
    const DeviceMemory *memory = row.held && row.held->memory ? &*row.held->memory : nullptr;
    put(memory ? Number::of(memory->total) : Number());
    put(request_.target->device->memory ? Number::of(*request_.target->device->memory) : Number());
    if (memory && memory->capacity) cells_->push_back(Cell::ofTruth(memory->fits()));
    else cells_->emplace_back();
  }

  const SizingRequest &request_;
  std::vector<Cell> *cells_ = nullptr;
};

//===--- Columns of another tool -----------------------------------------------------===//

/// A piece of a column's text: text, or a column of ours with what stands there when it is absent.
struct Piece {
  std::string text, otherwise;
  std::optional<size_t> column;
};

std::optional<std::vector<Piece>> piecesOf(const SizingTable &table, const SchemaColumn &column, std::string &error) {
  std::vector<Piece> pieces;
  std::string_view rest = column.text;
  while (!rest.empty()) {
    size_t open = rest.find('{'), close = open == std::string_view::npos ? open : rest.find('}', open);
    if (open != 0 || close == std::string_view::npos) {
      size_t end = open == 0 || close == std::string_view::npos ? rest.size() : open;
      pieces.push_back({std::string(rest.substr(0, end)), {}, {}});
      rest.remove_prefix(end);
      continue;
    }
    std::string_view inside = rest.substr(1, close - 1);
    size_t bar = std::min(inside.find('|'), inside.size());
    std::string name(inside.substr(0, bar)), otherwise(inside.substr(std::min(bar + 1, inside.size())));
    auto at = std::ranges::find(table.columns, name);
    if (at == table.columns.end()) {
      error = fmt::format("column `{}` is made of `{}`, which a run of this model does not have", column.name, name);
      return std::nullopt;
    }
    pieces.push_back({"", otherwise, static_cast<size_t>(at - table.columns.begin())});
    rest.remove_prefix(close + 1);
  }
  return pieces;
}

std::string textOf(const Cell &cell) {
  switch (cell.kind) {
  case Cell::Kind::Absent: break;
  case Cell::Kind::Text: return cell.text;
  case Cell::Kind::Boolean: return cell.boolean ? "true" : "false";
  case Cell::Kind::Number: {
    Output digits;
    if (cell.number.kind == Number::Kind::Exact) digits << cell.number.exact;
    else digits << cell.number.real;
    return digits.take();
  }
  }
  return {};
}

Cell cellOf(const std::vector<Piece> &pieces, double per, const std::vector<Cell> &row) {
  if (pieces.size() == 1 && pieces[0].column) {
    const Cell &cell = row[*pieces[0].column];
    if (cell.kind == Cell::Kind::Absent && pieces[0].otherwise == "0") return Cell::of(0.0);
    if (cell.kind == Cell::Kind::Absent && !pieces[0].otherwise.empty()) return Cell::of(pieces[0].otherwise);
    return cell.kind == Cell::Kind::Number && per != 1 ? Cell::of(cell.number.toDouble() / per) : cell;
  }
  std::string text;
  for (const Piece &piece : pieces)
    text += !piece.column                                   ? piece.text
            : row[*piece.column].kind == Cell::Kind::Absent ? piece.otherwise
                                                            : textOf(row[*piece.column]);
  return Cell::of(text);
}

} // namespace

std::vector<std::string> columnsOf(const SizingRequest &request) { return TableMaker(request).columns(); }
std::vector<Cell> cellsOf(const SizingRequest &request, const SizingRow &row) { return TableMaker(request).cells(row); }

SizingTable tableOf(const SizingResult &result) {
  SizingTable table{columnsOf(*result.request), {}};
  table.rows.reserve(result.rows.size());
  for (const SizingRow &row : result.rows) table.rows.push_back(cellsOf(*result.request, row));
  return table;
}

std::optional<SizingTable> inSchema(const SizingTable &table, const SizingSchema &schema, std::string &error) {
  SizingTable made;
  std::vector<std::vector<Piece>> pieces;
  for (const SchemaColumn &column : schema.columns) {
    made.columns.push_back(column.name);
    auto parts = piecesOf(table, column, error);
    if (!parts) return std::nullopt;
    pieces.push_back(std::move(*parts));
  }
  for (const std::vector<Cell> &row : table.rows) {
    std::vector<Cell> &cells = made.rows.emplace_back();
    for (size_t i = 0; i < pieces.size(); ++i) cells.push_back(cellOf(pieces[i], schema.columns[i].per, row));
  }
  return made;
}

//===--- Writing ------------------------------------------------------------------------===//

void writeCsv(const SizingTable &table, Output &out) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (i != 0) out << ',';
    writeCsvText(out, table.columns[i]);
  }
  out << "\r\n";
  for (const std::vector<Cell> &row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out << ',';
      switch (row[i].kind) {
      case Cell::Kind::Absent: break;
      case Cell::Kind::Text: writeCsvText(out, row[i].text); break;
      case Cell::Kind::Boolean: out << (row[i].boolean ? "true" : "false"); break;
      case Cell::Kind::Number:
        if (row[i].number.kind == Number::Kind::Exact) out << row[i].number.exact;
        else out << row[i].number.real;
      }
    }
    out << "\r\n";
  }
}

void writeJson(const SizingTable &table, Output &out) {
  std::vector<std::string> keys;
  for (const std::string &column : table.columns) {
    Output key;
    writeJsonString(key, column);
    keys.push_back((keys.empty() ? "" : ", ") + key.take() + ": ");
  }
  out << '[';
  const char *before = "\n    {";
  for (const std::vector<Cell> &row : table.rows) {
    out << before;
    before = ",\n    {";
    for (size_t i = 0; i < row.size(); ++i) {
      out << keys[i];
      switch (row[i].kind) {
      case Cell::Kind::Absent: out << "null"; break;
      case Cell::Kind::Text: writeJsonString(out, row[i].text); break;
      case Cell::Kind::Boolean: out << (row[i].boolean ? "true" : "false"); break;
      case Cell::Kind::Number: writeJsonNumber(out, row[i].number); break;
      }
    }
    out << '}';
  }
  out << "\n  ]";
}

} // namespace mdl::runtime
