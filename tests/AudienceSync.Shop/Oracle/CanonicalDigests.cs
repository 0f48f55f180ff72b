using System.Security.Cryptography;
using System.Text;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>
/// SHA-256 digests as a platform must hold them, of the identifiers that the simulation started from. Nothing is normalized here: the messy
/// forms were generated from these, so an error in the engine's normalizers cannot be repeated. Only the platform's own form is applied.
/// </summary>
internal static class CanonicalDigests
{
    public static string? Email(Customer customer, Destination destination) =>
        customer.Email is { } email ? Hex(destination.EmailForm(email)) : null;

    public static string? Phone(Customer customer, Destination destination) =>
        customer.PhoneDigits is { } digits ? Hex(destination.PhoneForm(digits)) : null;

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
