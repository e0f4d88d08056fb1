// The library in one import: everything that loads a picture, runs a kernel and writes a grid.
@_exported import BasicLayers
@_exported import Downloads
@_exported import EdgeDetectors
@_exported import FileAccess
@_exported import ImageCodecs
@_exported import KernelAPI
@_exported import KernelFiles
@_exported import Layers
@_exported import LeNet
@_exported import LearnedFilters
@_exported import Networks
@_exported import Pictures
@_exported import PluginLoading
@_exported import Smoothing
@_exported import TensorCore
@_exported import TensorOps
@_exported import Training
