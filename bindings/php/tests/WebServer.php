<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

/**
 * A web server with PHP and two workers: Debian's own PHP-FPM behind nginx, or Apache (prefork) with PHP inside. It serves
 * a copy of site/, beside which lies this package with header and library, as it would be installed.
 */
final class WebServer
{
    private const APACHE = '/usr/lib/apache2/modules';
    private const VERSION = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;

    private readonly string $folder;
    private readonly int $port;

    /** @var list<Process> */
    private array $processes = [];

    /** @param bool $isWhole whether the file that the web server preloads is there */
    private function __construct(bool $preloads, private readonly string $library, bool $isWhole)
    {
        $this->folder = Folder::make();
        $package = dirname(__DIR__);
        foreach (['src', 'autoload.php', 'preload.php'] as $part) {
            Folder::copy("$package/$part", "$this->folder/moodleml/$part");
        }
        Folder::copy(dirname($package, 2) . '/include/moodleml', "$this->folder/moodleml/include/moodleml");
        Folder::copy($this->library, "$this->folder/moodleml/lib/libmoodleml.so.1");
        Folder::copy(__DIR__ . '/site', "$this->folder/site");
        mkdir("$this->folder/conf.d");
        if ($preloads) {
            $guard = "$this->folder/moodleml-preload.php";
            $this->ship('preload-guard.php', '/usr/share/php/moodleml/preload.php', "$this->folder/moodleml/preload.php", $guard);
            $this->ship('web.ini', '/etc/php/moodleml-preload.php', $guard, "$this->folder/conf.d/moodleml.ini");
        }
        if (!$isWhole) {
            unlink("$this->folder/moodleml/preload.php");
        }
        $this->port = self::freePort();
    }

    /** Copies a shipped file with one path changed, as its comment says. */
    private function ship(string $name, string $path, string $changed, string $target): void
    {
        $shipped = (string) file_get_contents(dirname(__DIR__) . "/$name");
        file_put_contents($target, str_replace($path, $changed, $shipped, $replaced));
        if ($replaced !== 1) {
            throw new \RuntimeException("$name names $path $replaced times");
        }
    }

    public static function fpm(string $library, bool $preloads = true, bool $isWhole = true): self
    {
        $server = new self($preloads, $library, $isWhole);
        $folder = $server->folder;
        $user = self::isRoot() ? "user = www-data\nlisten.mode = 0666" : '';
        $server->start(<<<CONFIGURATION
            [global]
            error_log = $folder/fpm.log
            [www]
            listen = $folder/fpm.sock
            $user
            pm = static
            pm.max_children = 2
            CONFIGURATION, [self::path('php-fpm' . self::VERSION), '--nodaemonize', '--fpm-config']);
        $server->start(<<<CONFIGURATION
            daemon off;
            pid $folder/nginx.pid;
            events { }
            http {
                access_log off;
                client_body_temp_path $folder/nginx-body; fastcgi_temp_path $folder/nginx-fastcgi;
                proxy_temp_path $folder/nginx-proxy; scgi_temp_path $folder/nginx-scgi; uwsgi_temp_path $folder/nginx-uwsgi;
                server {
                    listen 127.0.0.1:$server->port;
                    location / {
                        include /etc/nginx/fastcgi_params;
                        fastcgi_param SCRIPT_FILENAME $folder/site/index.php;
                        fastcgi_pass unix:$folder/fpm.sock;
                    }
                }
            }
            CONFIGURATION, [self::path('nginx'), '-e', "$folder/nginx.log", '-c']);
        return $server->whenReady();
    }

    public static function apache(string $library, bool $preloads = true, bool $isWhole = true): self
    {
        $server = new self($preloads, $library, $isWhole);
        $folder = $server->folder;
        $modules = self::APACHE;
        $php = 'libphp' . self::VERSION . '.so';
        $user = self::isRoot() ? "User www-data\nGroup www-data" : '';
        $server->start(<<<CONFIGURATION
            ServerName localhost
            Listen 127.0.0.1:$server->port
            PidFile $folder/apache.pid
            DefaultRuntimeDir $folder
            ErrorLog $folder/apache.log
            LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
            LoadModule authz_core_module $modules/mod_authz_core.so
            LoadModule php_module $modules/$php
            $user
            StartServers 2
            MinSpareServers 1
            MaxSpareServers 2
            MaxRequestWorkers 2
            ServerLimit 2
            DocumentRoot $folder/site
            SetHandler application/x-httpd-php
            CONFIGURATION, [self::path('apache2'), '-DFOREGROUND', '-f']);
        return $server->whenReady();
    }

    public function stop(): void
    {
        array_map(static fn (Process $process) => $process->stop(), array_reverse($this->processes));
        Folder::remove($this->folder);
    }

    /**
     * The answers to requests that are made at once.
     *
     * @param array<string, string|int> $parameters
     * @return list<array<string, mixed>>
     */
    public function ask(array $parameters, int $requests = 1): array
    {
        return array_map(
            static fn (string $body): array => json_decode($body, true) ?? throw new \RuntimeException("no answer: $body"),
            $this->bodies(array_fill(0, $requests, $parameters)),
        );
    }

    /**
     * The bodies of the answers to requests that are made at once; empty where the worker died.
     *
     * @param list<array<string, string|int>> $requests the parameters of each
     * @return list<string>
     */
    public function bodies(array $requests, ?callable $meanwhile = null): array
    {
        $streams = [];
        foreach ($requests as $parameters) {
            $streams[] = $stream = stream_socket_client("tcp://127.0.0.1:$this->port");
            fwrite($stream, 'GET /index.php?' . http_build_query($parameters) . " HTTP/1.0\r\nHost: localhost\r\n\r\n");
        }
        if ($meanwhile !== null) {
            $meanwhile();
        }
        return array_map(static fn ($stream): string => explode("\r\n\r\n", (string) stream_get_contents($stream), 2)[1] ?? '', $streams);
    }

    /** What the servers wrote to their logs. */
    public function log(): string
    {
        return implode('', array_map(file_get_contents(...), (array) glob("$this->folder/*.log")));
    }

    /** @param list<string> $command to which the configuration's path is added */
    private function start(string $configuration, array $command): void
    {
        $name = basename($command[0]);
        file_put_contents("$this->folder/$name.conf", "$configuration\n");
        // What is named here besides the folder above is what Debian's packages have set up for this SAPI.
        $environment = ['PHP_INI_SCAN_DIR' => ":$this->folder/conf.d", 'PATH' => '/usr/sbin:/usr/bin:/sbin:/bin'];
        // In a session of its own, for Apache ends its process group; and not longer than this process.
        $command = ['setsid', 'setpriv', '--pdeathsig', 'TERM', ...$command, "$this->folder/$name.conf"];
        $this->processes[] = new Process($command, $environment, $this->folder, "$this->folder/$name-output.log");
    }

    private function whenReady(): self
    {
        for ($tries = 0; $tries < 500; ++$tries) {
            usleep(20000);
            try {
                $this->ask(['do' => 'nothing']);
                return $this;
            } catch (\Throwable $notYet) {
                $running = array_filter($this->processes, static fn (Process $process): bool => $process->runs());
                if (count($running) < count($this->processes)) {
                    break;
                }
            }
        }
        $log = $this->log();
        $this->stop();
        throw new \RuntimeException("the web server does not answer: {$notYet->getMessage()}\n$log");
    }

    private static function path(string $program): string
    {
        foreach (['/usr/sbin', '/usr/bin'] as $folder) {
            if (is_executable("$folder/$program")) {
                return "$folder/$program";
            }
        }
        throw new \RuntimeException("$program is not installed: run cmake/install-dependencies.sh tests");
    }

    private static function isRoot(): bool
    {
        return posix_geteuid() === 0;
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        return (int) substr(strrchr((string) stream_socket_get_name($socket, false), ':'), 1);
    }
}
