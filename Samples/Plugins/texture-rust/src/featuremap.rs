//! featuremap_plugin.h 1.1 in Rust. The header's comments are the rules.
#![allow(dead_code)]
use std::ffi::{c_char, c_void};

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 1;

pub const OK: i32 = 0;
pub const ERROR_GENERIC: i32 = 1;
pub const ERROR_PARAMETER: i32 = 2;
pub const ERROR_SHAPE: i32 = 3;
pub const ERROR_MEMORY: i32 = 4;

pub const GEOMETRY_LOCAL: u32 = 0;
pub const GEOMETRY_GLOBAL: u32 = 1;

pub const PARAM_BOOL: u32 = 0;
pub const PARAM_INT: u32 = 1;
pub const PARAM_FLOAT: u32 = 2;
pub const PARAM_CHOICE: u32 = 3;
pub const PARAM_TEXT: u32 = 4;

pub const THREADS_NONE: u32 = 0;
pub const THREADS_INSTANCE: u32 = 1;
pub const THREADS_FULL: u32 = 2;

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub code: i32,
    pub message: [c_char; 504],
}

impl Error {
    /// Writes one line and a NUL; returns the code.
    pub fn set(&mut self, code: i32, message: &str) -> i32 {
        self.code = code;
        let mut end = message.len().min(self.message.len() - 1);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        for (place, byte) in self.message.iter_mut().zip(message.as_bytes()[..end].iter().chain(&[0])) {
            *place = *byte as c_char;
        }
        code
    }
}

#[repr(C)]
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shape {
    pub channels: u32,
    pub height: u32,
    pub width: u32,
}

impl Shape {
    pub fn count(&self) -> usize {
        self.channels as usize * self.height as usize * self.width as usize
    }
}

#[repr(C)]
pub struct Input {
    pub data: *const f32,
    pub shape: Shape,
}

#[repr(C)]
pub struct Output {
    pub data: *mut f32,
    pub shape: Shape,
}

#[repr(C)]
pub struct Geometry {
    pub struct_size: u32,
    pub kind: u32,
    pub size_y: i32,
    pub size_x: i32,
    pub stride_y: i32,
    pub stride_x: i32,
    pub offset_y: i32,
    pub offset_x: i32,
}

#[repr(C)]
pub struct Param {
    pub struct_size: u32,
    pub kind: u32,
    pub name: *const c_char,
    pub summary: *const c_char,
    pub default_number: f64,
    pub minimum: f64,
    pub maximum: f64,
    pub default_text: *const c_char,
    pub choices: *const *const c_char,
    pub choice_count: u32,
    pub unit: *const c_char,
}

#[repr(C)]
pub struct Value {
    pub number: f64,
    pub text: *const c_char,
}

#[repr(C)]
pub struct Kernel {
    pub struct_size: u32,
    pub threads: u32,
    pub name: *const c_char,
    pub summary: *const c_char,
    pub params: *const &'static Param,
    pub param_count: u32,
    pub user: *const c_void,
    pub create: extern "C" fn(*const Kernel, *const Value, u32, *mut Error) -> *mut c_void,
    pub destroy: extern "C" fn(*mut c_void),
    pub output_shape: extern "C" fn(*mut c_void, *const Shape, *mut Shape, *mut Error) -> i32,
    pub geometry: Option<extern "C" fn(*mut c_void, *mut Geometry, *mut Error) -> i32>,
    pub run: extern "C" fn(*mut c_void, *const Input, *const Output, *mut Error) -> i32,
    pub details: *const c_char,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub kernel_count: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub summary: *const c_char,
    pub license: *const c_char,
    pub kernels: *const &'static Kernel,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub name: *const c_char,
    pub context: *mut c_void,
    pub log: Option<extern "C" fn(*mut c_void, i32, *const c_char)>,
}

// The tables are constants that nobody writes to.
unsafe impl Sync for Param {}
unsafe impl Sync for Kernel {}
unsafe impl Sync for Plugin {}
