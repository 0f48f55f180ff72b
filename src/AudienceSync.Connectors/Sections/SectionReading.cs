using System.Globalization;
using System.Text.RegularExpressions;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Sections;

/// <summary>Reads single settings of a section. One that is absent is null, and a value of another form is an error.</summary>
internal static class SectionReading
{
    public const string BaseUrl = "base_url";

    public const string CallTimeout = "call_timeout_s";

    private const string SecretForm = "{ file: NAME } or { env: NAME }";

    public static Setting<string> Account(this DestinationSection section) => new("account", section.Account);

    public static Setting<string?> Text(this DestinationSection section, string name) => section.Read(name, value => value.Text, "a text");

    public static Setting<int?> Number(this DestinationSection section, string name) => section.Read(name, WholeNumber, "a whole number");

    public static Setting<bool?> Truth(this DestinationSection section, string name) => section.Read(name, TruthValue, "true or false");

    public static Setting<IReadOnlyDictionary<string, SettingValue>?> Parts(this DestinationSection section, string name) =>
        section.Read(name, value => value.Parts, "named parts");

    public static Setting<Secret?> Secret(this DestinationSection section, string name) =>
        section
            .Read(name, value => value.Secret, SecretForm)
            .Must(
                content => content is null || Connectors.Secret.IsUsable(content.Reveal()),
                "invalid_secret",
                Connectors.Secret.MustBeUsable
            )
            .Map(content => content is null ? null : new Secret(content.Reveal()));

    public static Setting<SecretDocument?> KeyFile(this DestinationSection section, string name) =>
        section
            .Read(name, value => value.Secret, SecretForm)
            .Must(
                content => content is null || !string.IsNullOrWhiteSpace(content.Reveal()),
                "invalid_secret",
                "A key file must not be empty."
            );

    /// <summary>An access token, at a platform that requires one.</summary>
    public static Setting<Secret> Token(this DestinationSection section) =>
        section.Secret("token").Must(token => token is not null, "missing_token", $"token is required: {SecretForm}.").Map(token => token!);

    /// <summary>The version of the platform's API, in the form in which the platform writes it.</summary>
    public static Setting<string> ApiVersion(this DestinationSection section, string platformDefault, Regex form) =>
        section
            .Text("api_version")
            .Map(version => version ?? platformDefault)
            .Must(form.IsMatch, "invalid_api_version", $"api_version must have the form {platformDefault}.");

    /// <summary>A number from 1 to <paramref name="most"/>.</summary>
    public static Setting<int> Within(this DestinationSection section, string name, int platformDefault, int most) =>
        section
            .Number(name)
            .Map(number => number ?? platformDefault)
            .Must(number => number >= 1 && number <= most, $"invalid_{name}", $"{name} must be 1 to {most}.");

    /// <summary>How long to wait for the response to a call.</summary>
    public static Setting<TimeSpan> CallTimeoutOr(this DestinationSection section, TimeSpan platformDefault) =>
        section
            .Within(CallTimeout, (int)platformDefault.TotalSeconds, DestinationLimits.MaxCallTimeoutS)
            .Map(seconds => TimeSpan.FromSeconds(seconds));

    /// <summary>The address of the platform, with a slash at its end.</summary>
    public static Setting<Uri> BaseUrlOr(this DestinationSection section, Uri platformDefault) =>
        section.Address(BaseUrl).Map(url => BaseAddress.WithSlash(url ?? platformDefault));

    /// <summary>An address as it is, without anything after its path.</summary>
    public static Setting<Uri?> Address(this DestinationSection section, string name) =>
        section
            .Text(name)
            .Must(
                text => text is null || Uri.TryCreate(text, UriKind.Absolute, out _),
                $"invalid_{name}",
                $"{name}: must be an address with http:// or https://"
            )
            .Map(text => text is null ? null : new Uri(text))
            .Must(url => url is null || BaseAddress.IsPlain(url), $"invalid_{name}", BaseAddress.MustBePlain(name));

    /// <summary>A scalar that YAML reads as a whole number.</summary>
    public static int? WholeNumber(SettingValue value)
    {
        var digits = value.Text?.Replace("_", "", StringComparison.Ordinal);
        return int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static bool? TruthValue(SettingValue value) =>
        value.Text?.ToLowerInvariant() switch
        {
            "true" or "yes" or "y" or "on" => true,
            "false" or "no" or "n" or "off" => false,
            _ => null,
        };

    private static Setting<T?> Read<T>(this DestinationSection section, string name, Func<SettingValue, T?> read, string form) =>
        !section.Settings.TryGetValue(name, out var value) ? new Setting<T?>(name, default)
        : read(value) is { } given ? new Setting<T?>(name, given)
        : new Setting<T?>(name, default, new SettingError(name, $"invalid_{name}", $"{name} must be {form}."));
}
