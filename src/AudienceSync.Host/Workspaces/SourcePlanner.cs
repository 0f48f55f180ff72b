using System.Net;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Workspaces;

/// <summary>Checks an entry of <c>sources</c> and turns it into a source.</summary>
internal sealed class SourcePlanner(ConfigLoader config)
{
    private const int MostPlaceholders = 100;

    /// <summary>The source, and its token; a reporting source has none.</summary>
    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public (Source Source, byte[] Token) Plan(string workspace, SourceConfig source)
    {
        var place = $"workspaces.{workspace}.sources.{source.Name}";
        Require(
            source.Name.Length is > 0 and <= 100 && !source.Name.Contains('\0', StringComparison.Ordinal),
            place,
            "name must be 1 to 100 characters"
        );
        var kind = Kind(place, source);
        var isReporting = kind == SourceKind.CustomerIoReporting;
        Require(
            (isReporting && source.DefaultCountry.Length == 0) || source.DefaultCountry is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'],
            place,
            "default_country must be two capital letters (ISO 3166-1), by which national phone numbers are read"
        );
        var mode = Mode(place, source);
        Require(
            mode == SignatureMode.Off || source.SigningKeys.Count is > 0 and <= 10,
            place,
            "signing_keys needs 1 to 10 keys unless signature is off"
        );
        var days = source.SignatureMaxAgeD;
        Require(
            days >= 0 && days <= RequestSignature.MaxAge.TotalDays,
            place,
            "signature_max_age_d must be 1 to 30 days, or 0 for signatures whose age is not checked"
        );
        var keys = source.SigningKeys.Select(key => new KeyedHash(config.Secret(key, place + ".signing_keys"))).ToList();
        var hashed = Hashed(source.Hashed, place + ".hashed");
        Require(
            source.PlaceholderIds.Count <= MostPlaceholders
                && source.PlaceholderIds.TrueForAll(text => text?.Trim().Length is > 0 and <= Limits.CustomerIdChars),
            place,
            $"placeholder_ids must be at most {MostPlaceholders} texts of 1 to {Limits.CustomerIdChars} characters"
        );
        var planned = new Source(source.Name, mode, keys, source.DefaultCountry)
        {
            Hashed = hashed,
            Placeholders = Placeholders.With(source.PlaceholderIds),
            SignatureMaxAge = days == 0 ? null : TimeSpan.FromDays(days),
            Kind = kind,
            AllowFrom = AllowFrom(place, source.AllowFrom),
        };
        return (planned, isReporting ? [] : config.Secret(source.Token, place + ".token"));
    }

    private AllowedAddresses AllowFrom(string place, List<string> addresses)
    {
        var networks = addresses.ConvertAll(text =>
            AllowedAddresses.Read(text)
            ?? throw config.Invalid(
                $"{place}: allow_from must list addresses and networks, as 35.188.196.183 or 10.0.0.0/8; {text} is neither"
            )
        );
        return networks.Count == 0 ? AllowedAddresses.All : new AllowedAddresses(networks);
    }

    private HashedFields Hashed(HashedConfig? hashed, string place)
    {
        var email = hashed?.Email switch
        {
            null => HashedFields.None,
            "sha256" => HashedFields.EmailSha256,
            _ => throw config.Invalid($"{place}: email must be sha256, or left out for plain addresses"),
        };
        return email
            | hashed?.Phone switch
            {
                null => HashedFields.None,
                "sha256_digits" => HashedFields.PhoneSha256Digits,
                "sha256_e164" => HashedFields.PhoneSha256E164,
                _ => throw config.Invalid($"{place}: phone must be sha256_digits or sha256_e164, or left out for plain numbers"),
            };
    }

    private SourceKind Kind(string place, SourceConfig source)
    {
        var kind = source.Kind switch
        {
            "journey" => SourceKind.Journey,
            "customerio_reporting" => SourceKind.CustomerIoReporting,
            _ => throw config.Invalid($"{place}: kind must be journey or customerio_reporting"),
        };
        var isReporting = kind == SourceKind.CustomerIoReporting;
        Require(!isReporting || source.Token is null, place, "a source of kind customerio_reporting has no token: Customer.io sends none");
        Require(
            !isReporting || source.Signature == "required",
            place,
            "a source of kind customerio_reporting is authenticated by its signature alone, so signature must be required"
        );
        return kind;
    }

    private SignatureMode Mode(string place, SourceConfig source) =>
        source.Signature switch
        {
            "required" => SignatureMode.Required,
            "if_present" => SignatureMode.IfPresent,
            "off" => SignatureMode.Off,
            _ => throw config.Invalid($"{place}: signature must be required, if_present or off"),
        };

    private void Require(bool holds, string place, string otherwise)
    {
        if (!holds)
        {
            throw config.Invalid($"{place}: {otherwise}");
        }
    }
}
