<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Named options; immutable. Those not set have the defaults of the call that they are given to.
 * new Config(['trees' => 50, 'seed' => 7]), $config->with('threads', 2); Library::options() tells which there are.
 */
final class Config
{
    /** @var array<string, string> what was set */
    public readonly array $options;

    private readonly ?Handle $handle;

    /**
     * @param array<string, string|int|float|bool> $options
     * @throws MoodleMLException UNKNOWN_OPTION: no such option (the message names the nearest), or a value that it rejects
     */
    public function __construct(array $options = [])
    {
        $this->set($options);
    }

    /** @return array<string, string> the options */
    public function __serialize(): array
    {
        return $this->options;
    }

    /** @param array<string, string> $options */
    public function __unserialize(array $options): void
    {
        $this->set($options);
    }

    /** @param array<string, string|int|float|bool> $options */
    private function set(array $options): void
    {
        $this->options = array_map(self::asText(...), $options);
        // None at all means, for some calls, something else than the defaults of all.
        $handle = $options === [] ? null : Library::load()->bridge->make('config', 'mml_config_create');
        foreach ($this->options as $name => $value) {
            Library::load()->bridge->run('mml_config_set', $handle, (string) $name, $value);
        }
        $this->handle = $handle;
    }

    public function with(string $name, string|int|float|bool $value): self
    {
        return new self([$name => $value] + $this->options);
    }

    /** The value of an option, or its default. */
    public function get(string $name): string
    {
        $bridge = Library::load()->bridge;
        return $bridge->textOut('mml_config_get', $this->handle ?? $bridge->make('config', 'mml_config_create'), $name);
    }

    /** @internal */
    public function handle(): ?Handle
    {
        return $this->handle;
    }

    private static function asText(string|int|float|bool $value): string
    {
        return match (true) {
            is_bool($value) => $value ? 'true' : 'false',
            // A whole number that came as a float, as from JSON, without the point that an integer may not have.
            is_float($value) && $value === floor($value) && abs($value) < 2 ** 53 => (string) (int) $value,
            is_float($value) => var_export($value, true),
            default => (string) $value,
        };
    }
}
