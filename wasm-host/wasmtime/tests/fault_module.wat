;; A module with the scorer's ABI that answers by the first letter of the path, to test the host's own behaviour:
;;   /trap    traps                    /loop    never returns           /bad     is not an HTTP response
;;   /files   lists what was opened, a line each: kind and first 7 bytes
;;   /wild    names a response outside of memory
;;   /visits  counts the requests of this instance (a letter, A for the first)
;;   /once    sets two cookies         anything else: the request message comes back as the body
;; A file that begins with X is refused; one that begins with T traps while it is opened.
(module
  (memory (export "memory") 16)
  (global $reserved (mut i32) (i32.const 0))
  (global $top (mut i32) (i32.const 524288))
  (global $log (mut i32) (i32.const 1024))
  (global $response (mut i32) (i32.const 8192))
  (global $visits (mut i32) (i32.const 0))
  (data (i32.const 0) "HTTP/1.1 200 OK\0d\0acontent-type: text/plain\0d\0acontent-length: 000000\0d\0a\0d\0a")
  (data (i32.const 128) "HTTP/1.1 204 No Content\0d\0aset-cookie: a=1\0d\0aset-cookie: b=2\0d\0a\0d\0a")
  (data (i32.const 256) "{\22detail\22: \22the file begins with X\22}")

  (func (export "_initialize"))
  (func (export "martlet_abi_version") (result i32) (i32.const 1))
  (func (export "martlet_response") (result i32) (global.get $response))
  (func (export "martlet_warm_up"))
  (func (export "martlet_request") (param $size i32) (result i32)
    (select (i32.const 262144) (i32.const 0) (i32.lt_u (local.get $size) (i32.const 131072))))

  (func (export "martlet_reserve") (param $size i32) (result i32)
    (global.set $reserved (global.get $top))
    (global.set $top (i32.add (global.get $top) (local.get $size)))
    (block $grown
      (loop $grow
        (br_if $grown (i32.ge_u (i32.mul (memory.size) (i32.const 65536)) (global.get $top)))
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then (return (i32.const 0))))
        (br $grow)))
    (global.get $reserved))

  (func (export "martlet_open") (param $kind i32) (param $size i32) (result i32)
    (local $first i32)
    (local.set $first (i32.load8_u (global.get $reserved)))
    (if (i32.eq (local.get $first) (i32.const 88)) (then
      (global.set $response (i32.const 256))
      (return (i32.const 36))))
    (if (i32.eq (local.get $first) (i32.const 84)) (then (unreachable)))
    (i32.store8 (global.get $log) (i32.add (i32.const 48) (local.get $kind)))
    (memory.copy (i32.add (global.get $log) (i32.const 1)) (global.get $reserved) (i32.const 7))
    (i32.store8 (i32.add (global.get $log) (i32.const 8)) (i32.const 10))
    (global.set $log (i32.add (global.get $log) (i32.const 9)))
    (i32.const 0))

  (func $digit (param $place i32) (param $value i32) (param $unit i32)
    (i32.store8 (i32.add (i32.const 8192) (local.get $place))
      (i32.add (i32.const 48) (i32.rem_u (i32.div_u (local.get $value) (local.get $unit)) (i32.const 10)))))

  (func $answer (param $start i32) (param $size i32) (result i32)
    (memory.copy (i32.const 8192) (i32.const 0) (i32.const 69))
    (call $digit (i32.const 59) (local.get $size) (i32.const 100000))
    (call $digit (i32.const 60) (local.get $size) (i32.const 10000))
    (call $digit (i32.const 61) (local.get $size) (i32.const 1000))
    (call $digit (i32.const 62) (local.get $size) (i32.const 100))
    (call $digit (i32.const 63) (local.get $size) (i32.const 10))
    (call $digit (i32.const 64) (local.get $size) (i32.const 1))
    (memory.copy (i32.const 8261) (local.get $start) (local.get $size))
    (i32.add (i32.const 69) (local.get $size)))

  (func (export "martlet_handle") (param $size i32) (result i32)
    (local $at i32) (local $letter i32)
    (global.set $response (i32.const 8192))
    (global.set $visits (i32.add (global.get $visits) (i32.const 1)))
    (local.set $at (i32.const 262144))
    (block $found
      (loop $scan
        (br_if $found (i32.eq (i32.load8_u (local.get $at)) (i32.const 47)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $scan)))
    (local.set $letter (i32.load8_u (i32.add (local.get $at) (i32.const 1))))
    (if (i32.eq (local.get $letter) (i32.const 116)) (then (unreachable)))
    (if (i32.eq (local.get $letter) (i32.const 108)) (then (loop $for_ever (br $for_ever))))
    (if (i32.eq (local.get $letter) (i32.const 98)) (then
      (i32.store (i32.const 8192) (i32.const 0x21212121)) (return (i32.const 4))))
    (if (i32.eq (local.get $letter) (i32.const 119)) (then
      (global.set $response (i32.const 0xfffffff0)) (return (i32.const 64))))
    (if (i32.eq (local.get $letter) (i32.const 111)) (then
      (memory.copy (i32.const 8192) (i32.const 128) (i32.const 61)) (return (i32.const 61))))
    (if (i32.eq (local.get $letter) (i32.const 118)) (then
      (i32.store8 (i32.const 512) (i32.add (i32.const 64) (global.get $visits)))
      (return (call $answer (i32.const 512) (i32.const 1)))))
    (if (i32.eq (local.get $letter) (i32.const 102)) (then
      (return (call $answer (i32.const 1024) (i32.sub (global.get $log) (i32.const 1024))))))
    (call $answer (i32.const 262144) (local.get $size))))
