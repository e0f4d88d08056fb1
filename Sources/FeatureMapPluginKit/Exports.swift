// What the author of a plugin writes with, in one import.
@_exported import CFeatureMapPlugin
@_exported import KernelAPI
@_exported import TensorCore
@_exported import TensorOps
