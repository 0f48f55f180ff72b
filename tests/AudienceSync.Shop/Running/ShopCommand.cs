using System.CommandLine;

namespace AudienceSync.Shop.Running;

/// <summary>The command line of ./run.</summary>
internal static class ShopCommand
{
    public static RootCommand Make(Func<RunOptions, Task<int>> run)
    {
        var (once, crash, seed) = (Once(), Crash(), Seed());
        var webhooks = Number("--webhooks", "Number of webhooks to send.", RunOptions.DefaultWebhooks, 100, 2_000_000);
        var connections = Number("--connections", "Number of webhooks in flight at the same time.", RunOptions.DefaultConnections, 1, 512);
        var port = Port("--port", "the API", "AUDIENCESYNC_PORT", RunOptions.DefaultPort);
        var sandboxPort = Port("--sandbox-port", "the imitated ad platforms", "AUDIENCESYNC_SANDBOX_PORT", RunOptions.DefaultSandboxPort);
        var (data, faults) = (Data(), Faults());
        var command = new RootCommand(
            "Plays a shop against AudienceSync: 90 days of customers in a minute, real processes, "
                + "imitated ad platforms, and an independent "
                + "oracle that determines at the end who must be in each audience. Exit codes: "
                + "0 success, 1 drift or a failed check, 2 cannot start."
        )
        {
            once,
            crash,
            seed,
            webhooks,
            connections,
            port,
            sandboxPort,
            data,
            faults,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(crash) && !result.GetValue(once))
            {
                result.AddError("--crash requires --once");
            }
        });
        command.SetAction(
            (parsed, _) =>
                run(
                    new RunOptions
                    {
                        Once = parsed.GetValue(once),
                        Crash = parsed.GetValue(crash),
                        Seed = parsed.GetValue(seed),
                        Webhooks = parsed.GetValue(webhooks),
                        Connections = parsed.GetValue(connections),
                        Port = parsed.GetValue(port),
                        SandboxPort = parsed.GetValue(sandboxPort),
                        Data = parsed.GetValue(data),
                        Faults = parsed.GetValue(faults) == "on",
                    }
                )
        );
        return command;
    }

    private static Option<bool> Once() =>
        new("--once")
        {
            Description =
                "Send the webhooks as fast as is reasonable, wait until quiet, compare, "
                + "print one JSON object as the last line, stop. Exit 0 only when every drift is 0.",
        };

    private static Option<bool> Crash() =>
        new("--crash")
        {
            Description = "With --once: kill the engine (SIGKILL) in the middle of the play and restart it one second later.",
        };

    private static Option<int?> Seed() =>
        new("--seed") { Description = "Number that determines everything the shop does. Default: derived from the clock and printed." };

    private static Option<string?> Data() =>
        new("--data")
        {
            Description =
                "Folder for data, secrets and logs; wiped at the start if an earlier run "
                + "created it. Default: .data/run; with --once .data/once-PID, deleted after success.",
        };

    private static Option<string> Faults()
    {
        var faults = new Option<string>("--faults")
        {
            Description = "Whether the platforms occasionally throttle, fail and drop connections.",
            DefaultValueFactory = _ => "on",
        };
        return faults.AcceptOnlyFromAmong("on", "off");
    }

    private static Option<int?> Port(string name, string what, string variable, int defaultPort)
    {
        var port = new Option<int?>(name)
        {
            Description = $"Port of {what}. Default: {variable}, else {defaultPort}; with --once a free one.",
        };
        RequirePort(port);
        return port;
    }

    private static Option<int> Number(string name, string description, int defaultValue, int min, int max)
    {
        var option = new Option<int>(name) { Description = $"{description} {min} to {max}.", DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any())
            {
                return;
            }

            var value = result.GetValueOrDefault<int>();
            if (value < min || value > max)
            {
                result.AddError($"{name} must be {min} to {max}");
            }
        });
        return option;
    }

    private static void RequirePort(Option<int?> option) =>
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int?>() is not (null or (> 0 and < 65536)))
            {
                result.AddError($"{option.Name} must be 1 to 65535");
            }
        });
}
