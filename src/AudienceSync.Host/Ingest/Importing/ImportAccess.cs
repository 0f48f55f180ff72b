using System.Text;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// The token and the signing key of the source of an import: from files, from the configuration by the source's name, or from the
/// environment. Never from the command line, which every user of the machine can read.
/// </summary>
internal static class ImportAccess
{
    public const string TokenVariable = "AUDIENCESYNC_SOURCE_TOKEN";
    public const string SigningKeyVariable = "AUDIENCESYNC_SOURCE_SIGNING_KEY";

    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="workspace">The workspace of the source.</param>
    /// <param name="source">Its name in the configuration; null when files or variables are used.</param>
    /// <param name="tokenFile">A file with its token; null for none.</param>
    /// <param name="signingKeyFile">A file with its signing key; null for none.</param>
    /// <exception cref="SetupException">secret_missing, unknown_source, config_missing, config_invalid</exception>
    public static ImportTarget Find(
        Func<string, string?> environment,
        string workspace,
        string? source,
        FileInfo? tokenFile,
        FileInfo? signingKeyFile
    )
    {
        byte[] token;
        byte[]? key = null;
        if (tokenFile is not null)
        {
            token = Read(tokenFile);
        }
        else if (source is not null)
        {
            (token, key) = OfConfiguration(environment, workspace, source);
        }
        else
        {
            token = Variable(environment, TokenVariable) ?? throw Missing();
        }

        key = signingKeyFile is not null ? Read(signingKeyFile) : key ?? Variable(environment, SigningKeyVariable);
        return new ImportTarget(BatchEndpoint.Path, Encoding.UTF8.GetString(token), key);
    }

    private static (byte[] Token, byte[]? Key) OfConfiguration(Func<string, string?> environment, string workspace, string source)
    {
        var loader = new ConfigLoader(HostSettings.FromEnvironment(environment).ConfigPath, environment);
        var configured = loader.Load().Workspaces.GetValueOrDefault(workspace)?.Sources.Find(one => one.Name == source);
        if (configured is null)
        {
            throw new SetupException(
                "unknown_source",
                "The configuration has no source of this name. Without it, give the token by --token-file."
            );
        }

        var place = $"workspaces.{workspace}.sources.{source}";
        var signs = configured is { Signature: not "off", SigningKeys.Count: > 0 };
        return (
            loader.Secret(configured.Token, place + ".token"),
            signs ? loader.Secret(configured.SigningKeys[0], place + ".signing_keys") : null
        );
    }

    private static byte[] Read(FileInfo file) =>
        file.Exists && File.ReadAllText(file.FullName).Trim() is { Length: > 0 } secret
            ? Encoding.UTF8.GetBytes(secret)
            : throw new SetupException("secret_missing", "The file of the token or of the signing key does not exist, or is empty.");

    private static byte[]? Variable(Func<string, string?> environment, string name) =>
        environment(name)?.Trim() is { Length: > 0 } secret ? Encoding.UTF8.GetBytes(secret) : null;

    private static SetupException Missing() =>
        new("secret_missing", $"Name the source by --source, or give its token by --token-file or {TokenVariable}.");
}
