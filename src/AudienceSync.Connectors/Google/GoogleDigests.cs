using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Connectors.Google;

/// <summary>Google's rules (contracts/google.md 7.1): Gmail without dots and plus suffix, telephone numbers in E.164 with the plus.</summary>
internal sealed class GoogleDigests : IPersonDigests
{
    public static readonly NormaliserVersion Current = new(1);

    private readonly Sha256Hex _sha = new();

    public bool Knows(NormaliserVersion version) => version == Current;

    public bool TryWriteEmail(PersonIdentifiers person, NormaliserVersion version, Span<byte> utf8)
    {
        if (person.Email is null || EmailText.Normalise(person.Email) is not { } email || Canonical(email) is not { } canonical)
        {
            return false;
        }

        _sha.Write(canonical, utf8);
        return true;
    }

    public bool TryWritePhone(PersonIdentifiers person, NormaliserVersion version, Span<byte> utf8)
    {
        Span<char> number = stackalloc char[PhoneNumber.MaxDigits + 1];
        number[0] = '+';
        if (person.Phone is null || !PhoneNumber.TryWrite(person.Phone, person.Country, number[1..], out var digits))
        {
            return false;
        }

        _sha.Write(number[..(digits + 1)], utf8);
        return true;
    }

    public void Dispose() => _sha.Dispose();

    private static string? Canonical(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        var domain = email[(at + 1)..];
        if (domain is not ("gmail.com" or "googlemail.com"))
        {
            return email;
        }

        var local = email[..at];
        var plus = local.IndexOf('+', StringComparison.Ordinal);
        local = (plus < 0 ? local : local[..plus]).Replace(".", "", StringComparison.Ordinal);
        return local.Length == 0 ? null : $"{local}@{domain}";
    }
}
