using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace AudienceSync.Host.Configuration;

/// <summary>
/// Reads audiencesync.yaml. Unknown fields are refused: a misspelled setting that is silently ignored would be noticed too late.
/// </summary>
public sealed class ConfigLoader(string path, Func<string, string?> environment)
{
    /// <exception cref="SetupException">config_missing, config_invalid</exception>
    public AudienceSyncConfig Load() => Load<AudienceSyncConfig>();

    /// <summary>Reads a file of <c>audiences apply</c>.</summary>
    /// <exception cref="SetupException">config_missing, config_invalid</exception>
    public AudiencesConfig LoadAudiences() => Load<AudiencesConfig>();

    private T Load<T>()
        where T : class
    {
        if (!File.Exists(path))
        {
            throw new SetupException(
                "config_missing",
                $"There is no configuration at {path}. Set AUDIENCESYNC_CONFIG; docs/operating.md shows one."
            );
        }

        try
        {
            var yaml = new DeserializerBuilder()
                .WithNamingConvention(UnderscoredNamingConvention.Instance)
                .WithDuplicateKeyChecking()
                .WithTypeConverter(new DestinationConfigReader())
                .WithTypeConverter(new FeedbackConfigReader())
                .WithTypeConverter(new AlertChannelConfigReader())
                .Build();
            return yaml.Deserialize<T>(File.ReadAllText(path)) ?? throw Invalid("the file is empty");
        }
        catch (YamlException error)
        {
            throw Invalid($"line {error.Start.Line}: {error.InnerException?.Message ?? error.Message}");
        }
    }

    /// <summary>
    /// Reads a secret: a file relative to the configuration, or an environment variable. White space around it is not part of it.
    /// </summary>
    /// <exception cref="SetupException">secret_missing</exception>
    public byte[] Secret(SecretReference? reference, string what)
    {
        var text = reference switch
        {
            { File: { } file } when File.Exists(Beside(file)) => File.ReadAllText(Beside(file)),
            { Env: { } name } => environment(name),
            _ => null,
        };
        return text?.Trim() is { Length: > 0 } secret
            ? Encoding.UTF8.GetBytes(secret)
            : throw new SetupException(
                "secret_missing",
                $"{path}: {what} must name a file that exists or a variable that is set: {{ file: NAME }} or {{ env: NAME }}."
            );
    }

    public SetupException Invalid(string what) => new("config_invalid", $"{path}: {what}");

    private string Beside(string file) => Path.Combine(Path.GetDirectoryName(path)!, file);
}
