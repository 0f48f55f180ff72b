using System.CommandLine;
using System.CommandLine.Parsing;
using AudienceSync.Host.Storage;

namespace AudienceSync.Host.Cli;

/// <summary>Options that verbs share, and ways to look at an argument that never fail: asked for its value, one that is not of its form throws.</summary>
internal static class Arguments
{
    /// <summary><c>--workspace</c>; a name that no workspace can have is refused before anything is opened.</summary>
    public static Option<string> Workspace()
    {
        var workspace = new Option<string>("--workspace") { Description = "Which workspace.", DefaultValueFactory = _ => "default" };
        workspace.Validators.Add(given =>
        {
            if (given.Tokens is not [{ Value: var name }])
            {
                return; // Left out, or refused for their number already.
            }

            if (!WorkspaceName.IsName(name))
            {
                given.AddError("--workspace is a name of up to 40 lower case letters, digits and underscores, a letter first.");
            }
        });
        return workspace;
    }

    /// <summary>An option that names a file; what cannot name one is refused and does not throw.</summary>
    public static Option<FileInfo> File(string name, params string[] aliases) => new(name, aliases)
    {
        CustomParser = given =>
        {
            if (given.Tokens is [{ Value: { } path }] && !string.IsNullOrWhiteSpace(path) && !path.Contains('\0', StringComparison.Ordinal))
            {
                return new FileInfo(path);
            }

            given.AddError($"{name} must name a file.");
            return null;
        },
    };

    /// <summary>An argument that is a uuid, or left out.</summary>
    public static Argument<Guid?> Uuid(string name) => new(name)
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

    /// <summary>What stands there; null when it is left out.</summary>
    public static string? TextOf(this CommandResult parsed, Option option) => parsed.GetResult(option) is { Tokens: [var only] } ? only.Value : null;

    /// <summary>What stands there; null when it is left out.</summary>
    public static string? TextOf(this CommandResult parsed, Argument argument) => parsed.GetResult(argument) is { Tokens: [var only] } ? only.Value : null;
}
