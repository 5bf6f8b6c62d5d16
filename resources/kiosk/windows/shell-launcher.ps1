# The kiosk instead of the desktop for one account (Windows 11 Enterprise or IoT Enterprise, Shell Launcher).
# Run as administrator: .\shell-launcher.ps1 -Account KIOSK01\kiosk -Program "C:\Program Files\Changgu\changgu.exe"
param(
    [Parameter(Mandatory = $true)][string] $Account,
    [string] $Program = "C:\Program Files\Changgu\changgu.exe",
    [string] $Config = "C:\ProgramData\Changgu\kiosk.toml"
)
$ErrorActionPreference = "Stop"

Enable-WindowsOptionalFeature -Online -FeatureName Client-EmbeddedShellLauncher -NoRestart | Out-Null

$launcher = [wmiclass]"\\localhost\root\standardcimv2\embedded:WESL_UserSetting"
$sid = (New-Object System.Security.Principal.NTAccount($Account)).Translate([System.Security.Principal.SecurityIdentifier]).Value

# What Shell Launcher does when the shell ends: 0 starts it again, 2 turns the machine off.
$restart = 0
$shutdown = 2
$administrators = "S-1-5-32-544"

$launcher.SetDefaultShell("explorer.exe", $restart)
$launcher.SetCustomShell($administrators, "explorer.exe")
# Exit code 0 is the staff who close it; any other is a crash, and it starts again.
$launcher.SetCustomShell($sid, "`"$Program`" --kiosk `"$Config`"", @(0), @($shutdown), $restart)
$launcher.SetEnabled($true)

Write-Output "Shell Launcher is on for $Account. Restart the machine."
