<?php
// SPDX-License-Identifier: Apache-2.0
// Usage: header.php HEADER LIBRARY

[, $header, $library] = $argv;

function check(bool $holds, string $what): void {
    if (!$holds) {
        fwrite(STDERR, "failed: $what\n");
        exit(1);
    }
}

$first = FFI::cdef('int32_t mml_abi_version(void);', $library);
$version = $first->mml_abi_version();
check(intdiv($version, 1000) === 1, "the ABI's major version is 1, not that of $version");

$mml = FFI::cdef(file_get_contents($header), $library);
check($mml->mml_abi_version() === $mml->MML_ABI_MAJOR * 1000 + $mml->MML_ABI_MINOR, 'header and library are of one ABI');
check($mml->mml_status_name($mml->MML_BAD_DATA) === 'MML_BAD_DATA', 'names of statuses');
check(FFI::sizeof($mml->type('mml_array')) === 48, 'the size of mml_array');
check(FFI::sizeof($mml->type('mml_progress')) === 40, 'the size of mml_progress');

$config = $mml->new('mml_config *');
check($mml->mml_config_create(FFI::addr($config)) === $mml->MML_OK, 'making options');
check($mml->mml_config_set($config, 'treads', '2') === $mml->MML_UNKNOWN_OPTION, 'refusing an option');
check(str_contains($mml->mml_last_error(), 'threads'), 'naming the nearest option');
$mml->mml_config_free($config);

echo 'PHP ' . PHP_VERSION . " reads the header of ABI $version\n";
