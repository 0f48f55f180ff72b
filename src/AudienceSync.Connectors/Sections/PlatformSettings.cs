using System.Collections.Frozen;

namespace AudienceSync.Connectors.Sections;

/// <summary>The name of a platform and of every setting that it has.</summary>
public sealed class PlatformSettings
{
    /// <param name="platform">As in the configuration.</param>
    /// <param name="own">Its settings besides those that every platform has.</param>
    public PlatformSettings(string platform, params IEnumerable<string> own)
    {
        Platform = platform;
        Names = own.Concat([SectionReading.BaseUrl, SectionReading.CallTimeout]).ToFrozenSet(StringComparer.Ordinal);
    }

    public string Platform { get; }

    /// <summary>Without those of a destination of any platform: name, platform, account, and what the engine reads.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>
    /// The settings, when there is no error. A setting without effect is a misunderstanding that would be found too late, so one that the
    /// platform does not have is an error.
    /// </summary>
    /// <param name="section">What was read.</param>
    /// <param name="errors">Of each setting, null where it can be used.</param>
    /// <param name="settings">Called only without an error, when every value is valid.</param>
    internal ParsedSettings<T> Parsed<T>(DestinationSection section, IEnumerable<SettingError?> errors, Func<T> settings)
        where T : class
    {
        var foreign = section
            .Settings.Keys.Where(name => !Names.Contains(name))
            .Select(name => new SettingError(name, "foreign_setting", $"{name} is not a setting of {Platform}."));
        SettingError[] all = [.. foreign, .. errors.OfType<SettingError>()];
        return new ParsedSettings<T>(all.Length == 0 ? settings() : null, all);
    }
}
