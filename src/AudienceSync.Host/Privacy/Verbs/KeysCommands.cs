using System.CommandLine;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy.Verbs;

/// <summary><c>keys</c>: generates master keys, shows what is sealed under each, and reseals under the newest.</summary>
internal static class KeysCommands
{
    public static Command Create(Func<string, string?> environment, TimeProvider clock) =>
        new("keys", "Manage master keys.") { Generate(), Status(environment, clock), Rotate(environment, clock) };

    private static Command Generate()
    {
        var output = Arguments.File("--out");
        output.Description = "File to create, with one key; it must not exist.";
        var append = Arguments.File("--append");
        append.Description = "File to add the next version to.";
        var generate = new Command("generate", "Generate a master key: 32 random bytes in base64, in a file that only its owner can read.")
        {
            output,
            append,
        };
        generate.Validators.Add(parsed =>
        {
            if (parsed.GetResult(output) is null == parsed.GetResult(append) is null)
            {
                parsed.AddError("Specify either --out FILE or --append FILE.");
            }
        });
        generate.SetAction(
            (parsed, _) =>
                RunAsync(
                    parsed,
                    async () =>
                    {
                        if (parsed.GetValue(append) is { } file)
                        {
                            var version = KeyFile.Append(file.FullName);
                            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                                $"Added version {version}. It seals from the next start of the Host."
                            );
                        }
                        else
                        {
                            KeyFile.Make(parsed.GetRequiredValue(output).FullName);
                        }

                        return ExitCodes.Done;
                    }
                )
        );
        return generate;
    }

    private static Command Status(Func<string, string?> environment, TimeProvider clock)
    {
        var json = Json();
        var status = new Command("status", "Show master key versions, what is sealed under each, and how long it is needed.") { json };
        status.SetAction(
            (parsed, cancellationToken) =>
                WithDatabaseAsync(
                    parsed,
                    environment,
                    connectionString =>
                        new KeyStatusReport(
                            connectionString,
                            MasterKeyLoader.Load(HostSettings.FromEnvironment(environment)),
                            clock
                        ).PrintAsync(parsed.InvocationConfiguration.Output, parsed.GetValue(json), cancellationToken),
                    cancellationToken
                )
        );
        return status;
    }

    private static Command Rotate(Func<string, string?> environment, TimeProvider clock)
    {
        var json = Json();
        var rotate = new Command(
            "rotate",
            "Reseal the vault and the secrets of every workspace under the newest master key. Continues an interrupted rotation."
        )
        {
            json,
        };
        rotate.SetAction(
            (parsed, cancellationToken) =>
                WithDatabaseAsync(
                    parsed,
                    environment,
                    connectionString =>
                        new RotateRun(
                            connectionString,
                            MasterKeyLoader.Load(HostSettings.FromEnvironment(environment)),
                            parsed.InvocationConfiguration,
                            clock
                        ).RunAsync(parsed.GetValue(json), cancellationToken),
                    cancellationToken
                )
        );
        return rotate;
    }

    private static Option<bool> Json() => new("--json") { Description = "Output as JSON." };

    private static Task<int> WithDatabaseAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        Func<string, Task<int>> action,
        CancellationToken cancellationToken
    ) => DatabaseVerb.RunAsOwnerAsync(parsed, environment, action, cancellationToken);

    private static async Task<int> RunAsync(ParseResult parsed, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
            return ExitCodes.SetUp;
        }
    }
}
