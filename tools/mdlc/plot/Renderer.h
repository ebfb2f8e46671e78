//===- Renderer.h - Figures as files of SVG and PNG -------------*- C++ -*-===//
// One run of Node.js for all figures: tools/plots/render.mjs reads a job and
// writes into a scratch folder, which is gone afterwards. mdlc itself writes what
// came back, with everything else of a run, whole or not at all.
//===----------------------------------------------------------------------===//
#pragma once
#include "../RunFolder.h"
#include "Figure.h"

namespace mdl::tool {

/// `--figures svg,png`; empty for none.
using FigureFormats = std::vector<std::string>;
/// What is wrong with a list of formats; empty when it is `none`, or of `svg` and `png`.
std::string checkFigureFormats(const std::string &name);
/// Whether anything is to be drawn: else no figure need be made.
bool drawsFigures(const FigureFormats &formats);

/// Draws the figures and appends their files, FOLDER/NAME.svg and FOLDER/NAME.png. Otherwise says why: no `node`, no
/// packages, or what the library says; then nothing is appended.
std::optional<std::string> renderFigures(const std::vector<Figure> &figures, const FigureFormats &formats,
                                         const std::string &binary, const std::string &folder,
                                         std::vector<RunFile> &files);

} // namespace mdl::tool
