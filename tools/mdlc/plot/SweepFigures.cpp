//===- SweepFigures.cpp - Pictures of a sweep -----------------------------===//
#include "SweepFigures.h"
#include "runtime/Result.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mdl::tool {

namespace {

/// `time_s (s)`: the column's name with the unit that it tells.
std::string titleOf(const std::string &column) {
  std::string name = column.substr(column.rfind('.') == std::string::npos ? 0 : column.rfind('.') + 1);
  std::string unit = runtime::unitByName(name);
  return unit.empty() ? column : fmt::format("{} ({})", column, unit);
}

std::string scaleOf(const std::string &logarithmic, char axis) {
  return logarithmic.find(axis) == std::string::npos ? "linear" : "log";
}

/// The cells of a row in these columns: `720×1280`.
std::string joined(const std::vector<std::string> &row, const std::vector<size_t> &columns, const char *between) {
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) text += (i == 0 ? "" : between) + row[columns[i]];
  return text;
}

std::string joinedNames(const SweepTable &table, const std::vector<size_t> &columns, const char *between) {
  return joined(table.columns, columns, between);
}

/// What all rows have in common, and what was left out. A sweep's file does not name its model: its version stands for it.
std::vector<std::string> below(const SweepTable &table) {
  constexpr const char *kVersion = "model_version";
  std::string common;
  for (auto [name, title] : {std::pair("precision", "precision"), std::pair("device", "device"),
                             std::pair("utilisation", "utilisation"), std::pair(kVersion, "model version")}) {
    auto at = table.column(name);
    auto isFirst = [&](const auto &row) { return row[*at] == table.rows[0][*at]; };
    if (!at || table.rows[0][*at].empty() || !std::ranges::all_of(table.rows, isFirst)) continue;
    common += fmt::format("{}{} {}", common.empty() ? "" : " · ", title,
                          table.rows[0][*at].substr(0, name == kVersion ? 16 : std::string::npos));
  }
  std::vector<std::string> lines = {common};
  if (table.leftOut > 0)
    lines.push_back(fmt::format("{} points of the sweep have no numbers and are left out", table.leftOut));
  return lines;
}

std::optional<std::vector<size_t>> find(const SweepTable &table, const std::vector<std::string> &names,
                                        std::string &error) {
  std::vector<size_t> found;
  for (const std::string &name : names) {
    auto at = table.column(name);
    if (!at) {
      error = fmt::format("there is no column `{}`; there are `{}`", name, fmt::join(table.columns, "`, `"));
      return std::nullopt;
    }
    found.push_back(*at);
  }
  return found;
}

bool areNumbers(const SweepTable &table, size_t column, bool positive) {
  return std::ranges::all_of(table.rows, [&](const auto &row) {
    auto value = numberIn(row[column]);
    return value && (!positive || *value > 0);
  });
}

/// The least distance of ticks: 1 where all values are whole.
double stepOf(const SweepTable &table, size_t column) {
  bool whole = std::ranges::all_of(table.rows, [&](const auto &row) {
    auto value = numberIn(row[column]);
    return value && *value == std::floor(*value);
  });
  return whole ? 1 : 0;
}

/// The columns of a curve, chosen where the request leaves them open.
struct CurveColumns {
  std::vector<size_t> x, by;
  size_t y = 0;
};

std::optional<CurveColumns> choose(const SweepTable &table, const CurveRequest &request, std::string &error) {
  std::vector<size_t> axes = table.axes();
  auto x = find(table, request.x, error), by = find(table, request.by, error), y = find(table, {request.y}, error);
  if (!x || !by || !y) return std::nullopt;
  if (x->empty() && axes.empty()) return error = "no axis has two values; name a column with --x", std::nullopt;
  if (x->empty()) x->push_back(axes[0]);
  if (request.by.empty())
    for (size_t axis : axes)
      if (std::ranges::find(*x, axis) == x->end()) by->push_back(axis);
  return CurveColumns{*x, *by, (*y)[0]};
}

/// Text of one line for the other columns: `batch 2, precision fp8`.
std::string seriesOf(const SweepTable &table, const std::vector<std::string> &row, const std::vector<size_t> &by) {
  std::string text;
  for (size_t column : by) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", table.columns[column], row[column]);
  return text;
}

struct Aim {
  bool larger = false;
  std::string column;
};

std::string trimmed(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::vector<Aim> aimsOf(const std::string &text) {
  std::vector<Aim> aims;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(',', at), text.size());
    std::string aim = trimmed(text.substr(at, end - at));
    at = end + 1;
    if (!aim.starts_with("min ") && !aim.starts_with("max ")) return {};
    aims.push_back({aim.starts_with("max "), trimmed(aim.substr(4))});
  }
  return aims;
}

/// A point with its numbers, and the same so that smaller is better.
struct Point {
  double x, y, a, b;
  size_t row;
};

/// Sorted by the first aim, a point is on the front when its second is smaller than all before it.
std::vector<size_t> frontOf(const std::vector<Point> &points) {
  std::vector<size_t> order(points.size()), front;
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](size_t i, size_t k) {
    return points[i].a < points[k].a || (points[i].a == points[k].a && points[i].b < points[k].b);
  });
  for (size_t i : order) {
    bool equal = !front.empty() && points[front.back()].a == points[i].a && points[front.back()].b == points[i].b;
    if (front.empty() || equal || points[i].b < points[front.back()].b) front.push_back(i);
  }
  return front;
}

} // namespace

std::optional<Figure> curveOf(const SweepTable &table, CurveRequest request, std::string &error) {
  auto columns = choose(table, request, error);
  if (!columns) return std::nullopt;
  bool numeric = columns->x.size() == 1 && areNumbers(table, columns->x[0], scaleOf(request.logarithmic, 'x') == "log");
  std::string yScale = scaleOf(request.logarithmic, 'y');
  if (!areNumbers(table, columns->y, yScale == "log"))
    return error = fmt::format("column `{}` has cells that are no {}numbers", request.y,
                               yScale == "log" ? "positive " : ""),
           std::nullopt;
  Json rows = Json::array();
  std::vector<std::string> names;
  for (const auto &row : table.rows) {
    std::string name = shortText(seriesOf(table, row, columns->by), 60);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    Json x = numeric ? Json(*numberIn(row[columns->x[0]])) : Json(shortText(joined(row, columns->x, "×"), 40));
    rows.push_back({{"series", name}, {"x", std::move(x)}, {"y", *numberIn(row[columns->y])}});
  }
  constexpr size_t kMostLines = 16;
  if (names.size() > kMostLines)
    return error =
               fmt::format("{} lines are too many to tell apart (at most {}); --by chooses columns, sweep fewer values",
                           names.size(), kMostLines),
           std::nullopt;
  std::string xName = joinedNames(table, columns->x, " × ");
  Json texts =
      titled(request.title.empty() ? fmt::format("{} against {}", request.y, xName) : request.title, below(table));
  texts["x_title"] = numeric ? titleOf(xName) : xName, texts["y_title"] = titleOf(request.y);
  texts["x_scale"] = scaleOf(request.logarithmic, 'x'), texts["y_scale"] = yScale, texts["x_nice"] = true;
  texts["y_zero"] = yScale == "linear";
  texts["x_step"] = numeric ? stepOf(table, columns->x[0]) : 1, texts["legend"] = legendOf(names.size(), "");
  texts["x_angle"] = table.rows.size() / names.size() > 8 ? -45 : 0;
  return Figure{"cost", numeric ? "curve" : "steps", std::move(texts), {{"points", std::move(rows)}}, ""};
}

std::optional<Figure> paretoOf(const SweepTable &table, const ParetoRequest &request, std::string &error) {
  std::vector<Aim> aims = aimsOf(request.aims);
  if (aims.size() != 2)
    return error = "`" + request.aims + "` are no two aims: write `min time_s, max batch`", std::nullopt;
  auto columns = find(table, {aims[0].column, aims[1].column}, error);
  if (!columns) return std::nullopt;
  for (size_t i = 0; i < 2; ++i)
    if (!areNumbers(table, (*columns)[i], scaleOf(request.logarithmic, i == 0 ? 'x' : 'y') == "log"))
      return error = "column `" + aims[i].column + "` has cells that the axis cannot show: no numbers, or none above 0",
             std::nullopt;
  std::vector<Point> points;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    double x = *numberIn(table.rows[i][(*columns)[0]]), y = *numberIn(table.rows[i][(*columns)[1]]);
    points.push_back({x, y, aims[0].larger ? -x : x, aims[1].larger ? -y : y, i});
  }
  std::vector<size_t> front = frontOf(points);
  std::vector<bool> isOnIt(points.size());
  for (size_t i : front) isOnIt[i] = true;
  Json others = Json::array(), best = Json::array(), labels = Json::array();
  for (size_t i = 0; i < points.size(); ++i)
    if (!isOnIt[i]) others.push_back({{"x", points[i].x}, {"y", points[i].y}});
  std::vector<size_t> axes = table.axes();
  for (size_t k = 0; k < front.size(); ++k) {
    const Point &point = points[front[k]];
    best.push_back({{"x", point.x}, {"y", point.y}});
    if (k % (front.size() / (request.labels + 1) + 1) == 0)
      labels.push_back(
          {{"x", point.x}, {"y", point.y}, {"label", shortText(seriesOf(table, table.rows[point.row], axes), 60)}});
  }
  std::vector<std::string> lines = below(table);
  lines.push_back(fmt::format("{} points, {} on the front: {} {}, {} {}", points.size(), front.size(),
                              aims[0].larger ? "max" : "min", aims[0].column, aims[1].larger ? "max" : "min",
                              aims[1].column));
  Json texts = titled(request.title.empty() ? "Pareto front" : request.title, lines);
  texts["x_title"] = titleOf(aims[0].column), texts["y_title"] = titleOf(aims[1].column);
  texts["x_scale"] = scaleOf(request.logarithmic, 'x'), texts["y_scale"] = scaleOf(request.logarithmic, 'y');
  texts["x_step"] = stepOf(table, (*columns)[0]), texts["y_step"] = stepOf(table, (*columns)[1]);
  // Between two points of the front nothing is known but what the first of them reaches.
  texts["interpolate"] = "step-after";
  return Figure{"pareto", "pareto", std::move(texts), {{"others", others}, {"front", best}, {"labels", labels}}, ""};
}

} // namespace mdl::tool
