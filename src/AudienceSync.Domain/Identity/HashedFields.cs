namespace AudienceSync.Domain.Identity;

[Flags]
public enum HashedFields
{
    None = 0,
    Email = 1,
    PhoneDigits = 2,
    PhoneE164 = 4,
}
