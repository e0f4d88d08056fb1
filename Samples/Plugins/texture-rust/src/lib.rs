//! A plugin for featuremap in Rust: measures of texture. Every channel is worked on by itself; a window has no
//! pixels beyond the border of the picture.
mod featuremap;

use featuremap::*;
use std::ffi::c_void;
use std::mem::size_of;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;
use std::slice;

/// One channel.
struct Plane<'a> {
    values: &'a [f32],
    height: usize,
    width: usize,
}

impl Plane<'_> {
    /// What lies at most `radius` away and within the picture.
    fn around(&self, y: usize, x: usize, radius: usize) -> impl Iterator<Item = f32> + '_ {
        let rows = y.saturating_sub(radius)..(y + radius + 1).min(self.height);
        let columns = x.saturating_sub(radius)..(x + radius + 1).min(self.width);
        rows.flat_map(move |row| self.values[row * self.width..][columns.clone()].iter().copied())
    }
}

/// The standard deviation of the pixels around.
fn deviation(plane: &Plane, y: usize, x: usize, radius: usize) -> f32 {
    let count = plane.around(y, x, radius).count() as f64;
    let mean = plane.around(y, x, radius).map(f64::from).sum::<f64>() / count;
    let squares = plane.around(y, x, radius).map(|v| (f64::from(v) - mean).powi(2)).sum::<f64>();
    (squares / count).sqrt() as f32
}

/// The share of the pixels around that are darker.
fn rank(plane: &Plane, y: usize, x: usize, radius: usize) -> f32 {
    let value = plane.values[y * plane.width + x];
    let darker = plane.around(y, x, radius).filter(|v| *v < value).count();
    darker as f32 / (plane.around(y, x, radius).count() - 1).max(1) as f32
}

/// A kernel with its settings.
struct Texture {
    measure: fn(&Plane, usize, usize, usize) -> f32,
    radius: usize,
}

impl Texture {
    fn run(&self, input: &[f32], shape: Shape, output: &mut [f32]) {
        let (height, width) = (shape.height as usize, shape.width as usize);
        for (values, results) in input.chunks(height * width).zip(output.chunks_mut(height * width)) {
            let plane = Plane { values, height, width };
            for (place, result) in results.iter_mut().enumerate() {
                *result = (self.measure)(&plane, place / width, place % width, self.radius);
            }
        }
    }
}

// The functions of the tables. No panic may leave them.

fn make(measure: fn(&Plane, usize, usize, usize) -> f32, values: *const Value) -> *mut c_void {
    // Settings are checked by the program: one whole number of the range below.
    let radius = unsafe { (*values).number } as usize;
    Box::into_raw(Box::new(Texture { measure, radius })) as *mut c_void
}

extern "C" fn create_deviation(_: *const Kernel, values: *const Value, _: u32, _: *mut Error) -> *mut c_void {
    make(deviation, values)
}

extern "C" fn create_rank(_: *const Kernel, values: *const Value, _: u32, _: *mut Error) -> *mut c_void {
    make(rank, values)
}

extern "C" fn destroy(instance: *mut c_void) {
    drop(unsafe { Box::from_raw(instance as *mut Texture) });
}

extern "C" fn output_shape(_: *mut c_void, input: *const Shape, output: *mut Shape, _: *mut Error) -> i32 {
    unsafe { *output = *input };
    OK
}

extern "C" fn geometry(instance: *mut c_void, out: *mut Geometry, _: *mut Error) -> i32 {
    let (radius, out) = unsafe { ((*(instance as *const Texture)).radius as i32, &mut *out) };
    out.kind = GEOMETRY_LOCAL;
    (out.size_y, out.size_x) = (2 * radius + 1, 2 * radius + 1);
    (out.stride_y, out.stride_x) = (1, 1);
    (out.offset_y, out.offset_x) = (-radius, -radius);
    OK
}

extern "C" fn run(instance: *mut c_void, input: *const Input, output: *const Output, error: *mut Error) -> i32 {
    let (texture, input, output) = unsafe { (&*(instance as *const Texture), &*input, &*output) };
    let values = unsafe { slice::from_raw_parts(input.data, input.shape.count()) };
    let results = unsafe { slice::from_raw_parts_mut(output.data, output.shape.count()) };
    match catch_unwind(AssertUnwindSafe(|| texture.run(values, input.shape, results))) {
        Ok(()) => OK,
        Err(_) => unsafe { (*error).set(ERROR_GENERIC, "a panic in Rust") },
    }
}

// What the plugin tells of itself.

static RADIUS: Param = Param {
    struct_size: size_of::<Param>() as u32,
    kind: PARAM_INT,
    name: c"radius".as_ptr(),
    summary: c"how far the pixels around reach".as_ptr(),
    default_number: 2.0,
    minimum: 1.0,
    maximum: 50.0,
    default_text: null(),
    choices: null(),
    choice_count: 0,
    unit: c"px".as_ptr(),
};
static PARAMS: [&Param; 1] = [&RADIUS];

static DEVIATION: Kernel = Kernel {
    struct_size: size_of::<Kernel>() as u32,
    threads: THREADS_FULL,
    name: c"deviation".as_ptr(),
    summary: c"Standard deviation of the pixels around each pixel".as_ptr(),
    params: PARAMS.as_ptr(),
    param_count: 1,
    user: null(),
    create: create_deviation,
    destroy,
    output_shape,
    geometry: Some(geometry),
    run,
    details: c"sqrt(mean((v - mean(v))^2)) over the square".as_ptr(),
};
static RANK: Kernel = Kernel {
    name: c"rank".as_ptr(),
    summary: c"Share of the pixels around each pixel that are darker".as_ptr(),
    create: create_rank,
    details: c"count(v < centre) / (count - 1): the rank transform of Zabih and Woodfill, 1994, as a share".as_ptr(),
    ..DEVIATION
};
static KERNELS: [&Kernel; 2] = [&DEVIATION, &RANK];

static PLUGIN: Plugin = Plugin {
    struct_size: size_of::<Plugin>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    kernel_count: 2,
    name: c"texture".as_ptr(),
    version: c"1.0.0".as_ptr(),
    summary: c"Measures of texture".as_ptr(),
    license: c"MIT".as_ptr(),
    kernels: KERNELS.as_ptr(),
};

#[no_mangle]
pub extern "C" fn featuremap_plugin(host: *const Host) -> *const Plugin {
    if unsafe { (*host).abi_major } == ABI_MAJOR {
        &PLUGIN
    } else {
        null()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(kernel: &Kernel, radius: f64, values: &[f32], shape: Shape) -> Vec<f32> {
        let mut error = Error { struct_size: size_of::<Error>() as u32, code: 0, message: [0; 504] };
        let mut results = vec![0.0; shape.count()];
        let settings = Value { number: radius, text: null() };
        let instance = (kernel.create)(kernel, &settings, 1, &mut error);
        let input = Input { data: values.as_ptr(), shape };
        let output = Output { data: results.as_mut_ptr(), shape };
        assert_eq!((kernel.run)(instance, &input, &output, &mut error), OK);
        (kernel.destroy)(instance);
        results
    }

    #[test]
    fn deviation_of_two_values_and_of_none() {
        let row = Shape { channels: 1, height: 1, width: 2 };
        assert_eq!(results(&DEVIATION, 1.0, &[0.0, 1.0], row), [0.5, 0.5]);
        let pixels = Shape { channels: 2, height: 1, width: 1 };
        assert_eq!(results(&DEVIATION, 9.0, &[3.0, 4.0], pixels), [0.0, 0.0]);
    }

    #[test]
    fn rank_grows_with_brightness() {
        let square = Shape { channels: 1, height: 2, width: 2 };
        assert_eq!(results(&RANK, 1.0, &[1.0, 2.0, 3.0, 4.0], square), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
    }
}
