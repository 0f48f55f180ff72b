using System.CommandLine;
using System.CommandLine.Parsing;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Cli;

/// <summary>
/// Options shared by several commands, and accessors that never throw. The parser's own accessor throws for a malformed value.
/// </summary>
internal static class Arguments
{
    /// <summary><c>--workspace</c>; an invalid workspace name is refused before anything is opened.</summary>
    public static Option<string> Workspace()
    {
        var workspace = new Option<string>("--workspace") { Description = "Workspace to use.", DefaultValueFactory = _ => "default" };
        workspace.Validators.Add(given =>
        {
            if (given.Tokens is not [{ Value: var name }])
            {
                return; // Omitted, or already refused because of the number of values.
            }

            if (!WorkspaceName.IsName(name))
            {
                given.AddError("--workspace must be up to 40 lowercase letters, digits and underscores, starting with a letter.");
            }
        });
        return workspace;
    }

    /// <summary>An option that takes a file name; text that cannot be a file name is refused without throwing.</summary>
    public static Option<FileInfo> File(string name, params string[] aliases) =>
        new(name, aliases)
        {
            CustomParser = given =>
            {
                if (
                    given.Tokens is [{ Value: { } path }]
                    && !string.IsNullOrWhiteSpace(path)
                    && !path.Contains('\0', StringComparison.Ordinal)
                )
                {
                    return new FileInfo(path);
                }

                given.AddError($"{name} must name a file.");
                return null;
            },
        };

    /// <summary>An optional uuid argument.</summary>
    public static Argument<Guid?> Uuid(string name) =>
        new(name)
        {
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = given =>
            {
                if (given.Tokens is not [{ Value: var text }])
                {
                    return null;
                }

                if (Guid.TryParse(text, out var id))
                {
                    return id;
                }

                given.AddError($"{name} must be a uuid.");
                return null;
            },
        };

    public static bool IsGiven(this CommandResult parsed, Argument argument) => parsed.GetResult(argument) is { Tokens.Count: > 0 };

    public static bool IsGiven(this CommandResult parsed, Option option) => parsed.GetResult(option) is { Tokens.Count: > 0 };

    /// <summary>The given text; null when omitted.</summary>
    public static string? TextOf(this CommandResult parsed, Option option) =>
        parsed.GetResult(option) is { Tokens: [var only] } ? only.Value : null;

    /// <summary>The given text; null when omitted.</summary>
    public static string? TextOf(this CommandResult parsed, Argument argument) =>
        parsed.GetResult(argument) is { Tokens: [var only] } ? only.Value : null;
}
