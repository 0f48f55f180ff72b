namespace AudienceSync.Host.Doctor;

/// <summary>The services that look for misconfigurations of a workspace.</summary>
internal static class AddDoctorExtensions
{
    public static IServiceCollection AddDoctor(this IServiceCollection services, DoctorScene scene) =>
        services
            .AddSingleton(scene)
            .AddSingleton<DoctorSourceQueries>()
            .AddSingleton<DoctorKeyQueries>()
            .AddSingleton<DoctorBindingQueries>()
            .AddSingleton<DoctorPeopleQueries>()
            .AddSingleton<DoctorReader>();
}
